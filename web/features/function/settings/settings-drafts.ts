import { useEffect } from "react";
import type { UseFormReturn } from "react-hook-form";

import { FormDrafts } from "../form-drafts";
import { settingLabels, settingsSchema, type Settings } from "./schema";

/** Only what was changed: the rest follows the server. What is typed need not be valid. */
export type SettingsDraft = Partial<Settings>;

const names = Object.keys(settingLabels) as (keyof Settings)[];

export const settingsDrafts = new FormDrafts<SettingsDraft>("settings", (stored) => {
  if (typeof stored !== "object" || stored === null) return null;
  const texts = Object.entries(stored).filter(([name, value]) => names.includes(name as keyof Settings) && typeof value === "string");
  const draft = Object.fromEntries(texts) as SettingsDraft;
  return draft.isolation === undefined || settingsSchema.shape.isolation.safeParse(draft.isolation).success ? draft : null;
});

/** Puts what was not saved at an earlier visit into the form, and keeps what is typed from then on. */
export function useSettingsDraft(functionId: string, { setValue, subscribe }: UseFormReturn<Settings>) {
  useEffect(() => {
    const draft = settingsDrafts.find(functionId) ?? {};
    for (const name of names) {
      const value = draft[name];
      if (value !== undefined) setValue(name, value, { shouldDirty: true, shouldValidate: true });
    }
    return subscribe({
      formState: { values: true, dirtyFields: true },
      callback: ({ values, dirtyFields = {} }) => {
        const changed = names.filter((name) => dirtyFields[name]);
        if (changed.length === 0) settingsDrafts.drop(functionId);
        else settingsDrafts.keep(functionId, Object.fromEntries(changed.map((name) => [name, values[name]])));
      },
    });
  }, [functionId, setValue, subscribe]);
}
