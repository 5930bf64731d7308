"use client";

import { useState } from "react";

import { Section } from "@/components/ui/section";
import { Switch } from "@/components/ui/switch";

import { prefers, setPreference } from "../preferences";

/** What the editor asks before it saves; for all functions, in this browser. */
export function EditorPreferences() {
  const [asks, setAsks] = useState(() => ({ save: !prefers("saveAtOnce"), run: !prefers("runSaves") }));
  return (
    <Section title="Editor" description="For all functions, in this browser.">
      <div className="flex flex-col gap-3">
        <Switch
          label="Show the changes before saving"
          checked={asks.save}
          onChange={({ target: { checked } }) => {
            setPreference("saveAtOnce", !checked);
            setAsks({ ...asks, save: checked });
          }}
        />
        <Switch
          label="Ask before a run saves"
          hint="Run uses what is saved, so that unsaved changes are saved first."
          checked={asks.run}
          onChange={({ target: { checked } }) => {
            setPreference("runSaves", !checked);
            setAsks({ ...asks, run: checked });
          }}
        />
      </div>
    </Section>
  );
}
