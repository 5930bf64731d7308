"use client";

import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";

import { everyPlace } from "./navigation";

const groups: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["mod+k", "Go to anything"],
      ["/", "Search this page"],
      ["c", "Create a function"],
      ["?", "These shortcuts"],
    ],
  },
  {
    title: "Editor",
    keys: [
      ["mod+s", "Save a new version"],
      ["mod+enter", "Run, saving first"],
      ["ctrl+m", "Let Tab leave the editor"],
    ],
  },
  {
    title: "Executions",
    keys: [
      ["j", "Next row"],
      ["k", "Row before"],
      ["enter", "Open the row"],
    ],
  },
  { title: "Go to", keys: everyPlace.map((place) => [`g ${place.key}`, place.label]) },
];

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={onClose} title="Keyboard shortcuts">
      <div className="grid gap-6 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title} className="last:sm:col-start-2 last:sm:row-span-3 last:sm:row-start-1">
            <h3 className="pb-2 text-xs font-medium text-ink-3">{group.title}</h3>
            <dl className="flex flex-col gap-1.5 text-sm">
              {group.keys.map(([keys, what]) => (
                <div key={keys} className="flex items-center justify-between gap-4">
                  <dt className="text-ink-2">{what}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
