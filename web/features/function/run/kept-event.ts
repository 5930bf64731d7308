/** The event that a function was last tried with on its page, as it stood in the editor. */
export interface KeptEvent {
  /** The test event it was made from; null for none. */
  name: string | null;
  text: string;
}

const keyOf = (functionId: string) => `voltrun.event.${functionId}`;

/** Kept so that a reload loses nothing; without room in the browser it is not. */
export function keepEvent(functionId: string, event: KeptEvent): void {
  try {
    localStorage.setItem(keyOf(functionId), JSON.stringify(event));
  } catch {
    localStorage.removeItem(keyOf(functionId)); // what is there is older and would be taken for this one
  }
}

export function keptEvent(functionId: string): KeptEvent | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(keyOf(functionId)) ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const { name, text } = value as Record<string, unknown>;
    return typeof text === "string" && (name === null || typeof name === "string") ? { name, text } : null;
  } catch {
    return null; // not written by this page
  }
}
