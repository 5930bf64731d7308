"use client";

import { Ellipsis, FilePlus2, Save, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";

import { CodeEditor } from "@/components/editor/code-editor";
import { EditorFiles } from "@/components/editor/editor-files";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Menu } from "@/components/ui/menu";
import { Select } from "@/components/ui/select";
import { messageOf } from "@/lib/api/problem";
import { toast } from "@/components/ui/toast";
import { deleteTestEvent, saveTestEvent } from "@/lib/data/test-events";

import { EventNameDialog } from "./event-name-dialog";
import { eventTemplates } from "./event-templates";
import type { TestEventEditing } from "./use-event";

const path = "event.json";
const small = { lineNumbersMinChars: 3, folding: false, renderLineHighlight: "none", wordWrap: "on", glyphMargin: false } as const;
const templatePrefix = "template ";
const eventPrefix = "event ";

/** The input to run with: chosen from what is kept, or from templates, or typed. */
export function EventSection({ functionId, event }: { functionId: string; event: TestEventEditing }) {
  const [models] = useState(() => new EditorFiles(`${functionId}-event`));
  const [asking, setAsking] = useState<"name" | "delete" | null>(null);
  const { testEvents, name, text, problem, changed } = event;
  const options = useMemo(
    () => [
      ...(name === null ? [{ value: eventPrefix, label: "Unnamed event" }] : []),
      ...(testEvents ?? []).map((e) => ({ value: eventPrefix + e.name, label: e.name })),
      ...eventTemplates.map((template) => ({ value: templatePrefix + template.label, label: template.label, hint: "Template" })),
    ],
    [testEvents, name],
  );
  const choose = (value: string) => {
    const kept = testEvents?.find((e) => eventPrefix + e.name === value);
    const template = eventTemplates.find((t) => templatePrefix + t.label === value);
    if (kept) event.choose(kept.name, kept.input);
    else if (template) event.choose(null, template.input);
  };
  const save = async (as: string) => {
    await saveTestEvent(functionId, as, event.input());
    event.named(as);
  };
  const saveHere = () => (name === null ? setAsking("name") : save(name).catch((error: unknown) => toast.error("The test event was not saved", { description: messageOf(error) })));
  return (
    <section aria-labelledby="test-event" className="border-b">
      <div className="flex items-center gap-2 px-4 pt-3 pb-2">
        <h2 id="test-event" className="shrink-0 text-sm font-medium">
          Test event
        </h2>
        <Select size="sm" aria-label="Test event" value={eventPrefix + (name ?? "")} onValueChange={choose} options={options} className="ml-auto max-w-52" />
        <Menu
          trigger={<Button variant="ghost" size="icon-sm" aria-label="Keep or delete the test event" icon={<Ellipsis aria-hidden className="size-4" />} />}
          items={[
            { label: name === null ? "Save…" : `Save ${name}`, icon: <Save />, disabled: problem !== null || (name !== null && !changed), onSelect: saveHere },
            { label: "Save as…", icon: <FilePlus2 />, disabled: problem !== null, onSelect: () => setAsking("name") },
            "separator",
            { label: name === null ? "Delete" : `Delete ${name}`, icon: <Trash2 />, danger: true, disabled: name === null, onSelect: () => setAsking("delete") },
          ]}
        />
      </div>
      <CodeEditor
        files={models}
        path={path}
        text={text}
        onChange={(_, to) => event.type(to)}
        label="Test event, JSON. Ctrl+M lets Tab leave the editor."
        overrides={small}
        className="h-32 border-t"
      />
      <p role="status" className="border-t px-4 py-1.5 text-xs text-ink-3">
        {problem ? (
          <span className="text-failure">
            Line {problem.line}, column {problem.column}: {problem.message}
          </span>
        ) : name === null ? (
          "Not kept. Save it to have it here next time."
        ) : changed ? (
          `Changed since ${name} was saved.`
        ) : (
          "Kept on the server with the function."
        )}
      </p>
      {asking === "name" && <EventNameDialog initial={name ?? ""} taken={(testEvents ?? []).map((e) => e.name)} onClose={() => setAsking(null)} onSave={save} />}
      <ConfirmDialog
        open={asking === "delete"}
        onOpenChange={() => setAsking(null)}
        title={`Delete the test event ${name ?? ""}?`}
        description="What is in the editor stays there, under no name."
        confirmLabel="Delete"
        danger
        onConfirm={async () => {
          if (name === null) return;
          event.named(null);
          await deleteTestEvent(functionId, name);
        }}
      />
    </section>
  );
}
