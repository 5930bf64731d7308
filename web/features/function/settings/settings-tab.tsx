"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useEffect, useEffectEvent, useState } from "react";
import { useForm } from "react-hook-form";

import { toast } from "@/components/ui/toast";
import { ApiError } from "@/lib/api/problem";
import { updateFunction } from "@/lib/data/functions";
import type { FunctionDetail } from "@/lib/api/types";
import { showFieldProblems } from "@/lib/form-problems";

import { Refusal } from "../refusal";
import { SaveBar } from "../save-bar";
import { DangerZone } from "./danger-zone";
import { EditorPreferences } from "./editor-preferences";
import { GeneralFields } from "./general-fields";
import { LimitFields } from "./limit-fields";
import { settingLabels, settingsChange, settingsOf, settingsSchema, type Settings } from "./schema";
import { settingsDrafts, useSettingsDraft } from "./settings-drafts";

export interface SettingsTabProps {
  fn: FunctionDetail;
  onDirty: (dirty: boolean) => void;
}

export function SettingsTab({ fn, onDirty }: SettingsTabProps) {
  const form = useForm<Settings>({ resolver: zodResolver(settingsSchema), defaultValues: settingsOf(fn), mode: "onTouched" });
  const { isDirty, dirtyFields, isSubmitting } = form.formState;
  const [refused, setRefused] = useState<unknown>(null);

  const follow = useEffectEvent((now: FunctionDetail) => form.reset(settingsOf(now), { keepDirtyValues: true }));
  useEffect(() => follow(fn), [fn]);
  useSettingsDraft(fn.id, form);
  const tellDirty = useEffectEvent(onDirty);
  useEffect(() => tellDirty(isDirty), [isDirty]);

  const save = form.handleSubmit(async (settings) => {
    setRefused(null);
    try {
      const updated = await updateFunction(fn.id, settingsChange(settings, dirtyFields));
      settingsDrafts.drop(fn.id); // here too: the page may have been left meanwhile
      form.reset(settingsOf(updated));
      toast.success(updated.version === fn.version ? "Settings saved" : `Settings saved as version ${updated.version}`);
    } catch (error) {
      // Only a name that is taken is a conflict here.
      if (error instanceof ApiError && error.code === "conflict") form.setError("name", { type: "server", message: error.detail }, { shouldFocus: true });
      else setRefused(showFieldProblems(error, settingLabels, form.setError));
    }
  });

  return (
    <div className="flex grow flex-col px-4 md:px-6">
      <form onSubmit={save} noValidate className="flex flex-col">
        <div className="max-w-3xl">
          <GeneralFields form={form} fn={fn} />
          <LimitFields form={form} />
          <Refusal error={refused} />
        </div>
        <SaveBar dirty={isDirty} pending={isSubmitting} onDiscard={() => form.reset(settingsOf(fn))} note="Executions that begin after saving use the new settings." />
      </form>
      <div className="max-w-3xl border-t">
        <EditorPreferences />
        <DangerZone fn={fn} />
      </div>
    </div>
  );
}
