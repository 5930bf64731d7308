/** The tabs of a function's page, as they stand in its address. */
export const tabs = [
  { value: "code", label: "Code" },
  { value: "versions", label: "Versions" },
  { value: "environment", label: "Environment" },
  { value: "settings", label: "Settings" },
] as const;

export type Tab = (typeof tabs)[number]["value"];

/** Anything unknown is the first tab. */
export function tabOf(value: string | null): Tab {
  return tabs.find((tab) => tab.value === value)?.value ?? "code";
}
