"use client";

import { useTheme } from "next-themes";

import { Section } from "@/components/ui/section";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { useHydrated } from "@/lib/use-hydrated";

const themes = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

type Theme = (typeof themes)[number]["value"];

export function Theme() {
  const { theme, setTheme } = useTheme();
  const chosen: Theme = themes.find(({ value }) => value === theme)?.value ?? "system";
  return (
    <Section title="Theme" description="Kept in this browser.">
      {/* What was chosen is known to the browser only. */}
      {useHydrated() ? <Segmented aria-label="Theme" value={chosen} onValueChange={setTheme} options={themes} /> : <Skeleton className="h-7 w-48" />}
    </Section>
  );
}
