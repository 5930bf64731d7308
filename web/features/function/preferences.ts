/** What a person answered once and is not asked again, in this browser. */
const keys = {
  /** Save without showing what changes. */
  saveAtOnce: "voltrun.save-at-once",
  /** Run saves first, without asking. */
  runSaves: "voltrun.run-saves",
};

export function prefers(what: keyof typeof keys): boolean {
  return localStorage.getItem(keys[what]) !== null;
}

export function setPreference(what: keyof typeof keys, on: boolean): void {
  if (on) localStorage.setItem(keys[what], "1");
  else localStorage.removeItem(keys[what]);
}
