"use client";

import { useRouter } from "next/navigation";
import { Activity, useEffect, useEffectEvent, useState, type ReactNode } from "react";

import type { Mark } from "@/components/editor/code-editor";
import { ConfirmDialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import type { FunctionDetail } from "@/lib/api/types";
import { runtimeOf, useRuntimes } from "@/lib/data/runtimes";

import { CodeTab } from "./code/code-tab";
import { SaveDialog } from "./code/save-dialog";
import { useLeaveGuard } from "./code/use-leave-guard";
import { useSave } from "./code/use-save";
import { useWorkspace, useWorkspaceView } from "./code/use-workspace";
import { EnvironmentTab } from "./environment/environment-tab";
import { FunctionHeader } from "./function-header";
import { RunPanel } from "./run/run-panel";
import { useEvent } from "./run/use-event";
import { useRun, type RunMode } from "./run/use-run";
import { SettingsTab } from "./settings/settings-tab";
import type { Tab } from "./tabs";
import { useLinkedLine } from "./use-linked-line";
import { VersionsTab } from "./versions/versions-tab";

export interface FunctionViewProps {
  fn: FunctionDetail;
  tab: Tab;
}

/** Holds what is edited, the test event and the run over all tabs. */
export function FunctionView({ fn, tab }: FunctionViewProps) {
  const router = useRouter();
  const { runtimes } = useRuntimes();
  const editing = useWorkspace(fn);
  const view = useWorkspaceView(editing.workspace);
  const event = useEvent(fn.id);
  const run = useRun(fn.id);
  const [mode, setMode] = useState<RunMode>("live");
  const [mark, setMark] = useState<Mark | null>(null);
  const [dirty, setDirty] = useState({ environment: false, settings: false });
  const forms = dirty.environment || dirty.settings;
  const guard = useLeaveGuard(view.changed || forms);
  const path = `/functions/${fn.id}`;

  const showCode = () => tab !== "code" && router.push(path);
  const start = () => {
    showCode();
    setMark(null);
    if (event.problem) return toast.error("The test event is not JSON", { description: `Line ${event.problem.line}: ${event.problem.message}` });
    void run.start(event.input(), mode);
  };
  const save = useSave(fn.id, editing, start);
  const goTo = (file: string, line: number, message: string, ran = run.execution?.version) => {
    const at = fileOf(file, view.paths);
    if (at === null) return toast(`${file} is not among the files being edited.`);
    showCode();
    editing.workspace.open(at);
    setMark({ path: at, line, message });
    if (ran !== view.version || view.unsaved.has(at)) toast(`The line is that of version ${ran}, which ran. What you edit may differ.`);
  };
  useLinkedLine((linked) => goTo(linked.file, linked.line, "In the stack trace of an execution", linked.version ?? fn.version));
  // While it runs, the button that the key stands for cancels.
  useSaveAndRunKeys(() => void save.start("save"), () => void (run.running || save.start("run")));

  return (
    <div className="flex min-h-[calc(100dvh-3rem)] flex-col md:min-h-dvh lg:data-[tab=code]:h-dvh" data-tab={tab}>
      <FunctionHeader
        fn={fn}
        path={path}
        tab={tab}
        runtimeName={runtimeOf(runtimes, fn.runtime)?.name ?? fn.runtime}
        changed={view.changed}
        saving={save.pending}
        run={run}
        onSave={() => void save.start("save")}
        onRun={() => void save.start("run")}
      />
      {tab === "code" && (
        <CodeTab editing={editing} mark={mark}>
          <RunPanel fn={fn} event={event} run={run} mode={mode} onMode={setMode} onRun={() => void save.start("run")} onFrame={goTo} />
        </CodeTab>
      )}
      {tab === "versions" && <VersionsTab fn={fn} path={`${path}?tab=versions`} unsaved={view.changed} />}
      <Kept shown={tab === "environment"}>
        <EnvironmentTab fn={fn} onDirty={(environment) => setDirty((all) => ({ ...all, environment }))} />
      </Kept>
      <Kept shown={tab === "settings"}>
        <SettingsTab fn={fn} onDirty={(settings) => setDirty((all) => ({ ...all, settings }))} />
      </Kept>
      {save.question && <SaveDialog question={save.question} workspace={editing.workspace} onSave={save.confirm} onClose={save.cancel} />}
      <ConfirmDialog
        open={guard.asked !== null}
        onOpenChange={guard.stay}
        title="Leave with unsaved changes?"
        description={forms ? "They are kept while this tab is open and there again when you come back." : "They are kept in this browser and offered again when you come back."}
        confirmLabel="Leave"
        onConfirm={async () => guard.leave()}
      />
    </div>
  );
}

/** A form that keeps what was typed while another tab is shown; it comes into being when it is first opened. */
function Kept({ shown, children }: { shown: boolean; children: ReactNode }) {
  const [opened, setOpened] = useState(shown);
  if (shown && !opened) setOpened(true);
  return opened && <Activity mode={shown ? "visible" : "hidden"}>{children}</Activity>;
}

/** Ctrl or Cmd with S and Enter, before the editor takes Enter for a new line. */
function useSaveAndRunKeys(save: () => void, run: () => void) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const action = event.key === "Enter" ? run : event.key.toLowerCase() === "s" ? save : null;
    if (action === null) return;
    const asked = document.querySelector("[role=dialog], [role=alertdialog]") !== null;
    if (asked && action === run) return; // Enter is the dialog's
    event.preventDefault();
    event.stopPropagation();
    if (!asked) action();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);
}

/** The edited file that a frame names. A single file is called by the server's name in it, whatever it is shown as. */
function fileOf(file: string, paths: readonly string[]): string | null {
  if (paths.includes(file)) return file;
  const module = (path: string) => path.replace(/\.\w+$/, "");
  return paths.find((path) => module(path) === module(file)) ?? null;
}
