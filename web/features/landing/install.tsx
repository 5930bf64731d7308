import { CopyWhenPossible } from "./copy-when-possible";

const steps = [
  { command: "git clone https://github.com/voltrun/voltrun && cd voltrun" },
  { command: "make run", note: "then open http://127.0.0.1:8080" },
];

/** What installs VoltRun; only the commands are copied, not the prompts. */
export function Install() {
  return (
    <div className="max-w-xl">
      <div className="relative rounded-md border bg-sunken">
        <pre tabIndex={0} aria-label="Commands to install VoltRun" className="overflow-x-auto py-3 pr-12 pl-4 text-sm">
          {steps.map(({ command, note }) => (
            <div key={command}>
              <span aria-hidden="true" className="text-ink-3 select-none">
                ${" "}
              </span>
              {command}
              {note && <span className="text-ink-3"> # {note}</span>}
            </div>
          ))}
        </pre>
        <CopyWhenPossible value={steps.map((step) => step.command).join("\n")} label="Copy the commands" className="absolute top-2 right-2 bg-sunken" />
      </div>
      <p className="pt-2 text-sm text-ink-3">Needs Linux, Go 1.26 and make. No Docker, no root, no database to install.</p>
    </div>
  );
}
