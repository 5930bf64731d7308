"use client";

import { Dialog } from "@base-ui/react/dialog";
import { Command } from "cmdk";
import { Activity, Braces, Keyboard, LogOut, Monitor, Moon, Plus, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";
import { useDeferredValue, useState, type ReactNode } from "react";
import useSWR from "swr";

import { Kbd } from "@/components/ui/kbd";
import { toast } from "@/components/ui/toast";
import { answer, api } from "@/lib/api/client";
import { messageOf } from "@/lib/api/problem";
import { signOut } from "@/lib/session";

import { everyPlace } from "./navigation";

const executionId = /^exe_[0-9A-Za-z]{10,}$/;

interface PaletteProps {
  onClose: () => void;
  onShortcuts: () => void;
}

/** Goes anywhere and does what every page offers, by typing. */
export function CommandPalette({ open, ...props }: PaletteProps & { open: boolean }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-1rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-hairline-strong bg-surface shadow-pop outline-none">
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <Commands {...props} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

// Mounted anew at every opening: what was typed is then gone.
function Commands({ onClose, onShortcuts }: PaletteProps) {
  const router = useRouter();
  const { setTheme } = useTheme();
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed.trim());
  const { functions, error } = useMatches(query);
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  const then = (action: () => void) => () => {
    onClose();
    action();
  };
  const leave = () => {
    signOut().catch((problem: unknown) => toast.error("Signed out here, but not on the server", { description: messageOf(problem) }));
    router.push("/login");
  };
  return (
    <Command label="Go to" loop>
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder="A page, a function, an execution id, an action…"
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[min(26rem,60vh)] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-sm text-ink-3">Nothing matches “{query}”.</Command.Empty>
        {executionId.test(query) && (
          <Group heading="Execution">
            <Item icon={<Activity />} value={query} onSelect={() => go(`/executions/${query}`)}>
              Open {query}
            </Item>
          </Group>
        )}
        <Group heading="Go to">
          {everyPlace.map((place) => (
            <Item key={place.href} icon={<place.icon />} value={`go ${place.label}`} keys={`g ${place.key}`} onSelect={() => go(place.href)}>
              {place.label}
            </Item>
          ))}
        </Group>
        {error !== undefined && <p className="px-3 py-2 text-sm text-failure">Functions could not be searched: {messageOf(error)}</p>}
        {functions.length > 0 && (
          <Group heading="Functions">
            {functions.map((f) => (
              <Item key={f.id} icon={<Braces />} value={`function ${f.name} ${f.description}`} onSelect={() => go(`/functions/${f.id}`)}>
                {f.name}
                <span className="ml-2 text-ink-3">{f.runtime}</span>
              </Item>
            ))}
          </Group>
        )}
        <Group heading="Do">
          <Item icon={<Plus />} value="create function new" keys="c" onSelect={() => go("/functions/new")}>
            Create a function
          </Item>
          <Item icon={<Moon />} value="theme dark" onSelect={then(() => setTheme("dark"))}>
            Dark theme
          </Item>
          <Item icon={<Sun />} value="theme light" onSelect={then(() => setTheme("light"))}>
            Light theme
          </Item>
          <Item icon={<Monitor />} value="theme system" onSelect={then(() => setTheme("system"))}>
            System theme
          </Item>
          <Item icon={<Keyboard />} value="keyboard shortcuts help" keys="?" onSelect={then(onShortcuts)}>
            Keyboard shortcuts
          </Item>
          <Item icon={<LogOut />} value="sign out" onSelect={then(leave)}>
            Sign out
          </Item>
        </Group>
      </Command.List>
    </Command>
  );
}

/** The functions whose name or description holds the query; the server searches, so that it finds all there are. */
function useMatches(query: string) {
  const { data, error } = useSWR(
    ["palette", query],
    () => answer(api.GET("/api/functions", { params: { query: { page_size: 8, ...(query !== "" && { q: query }) } } })),
    { keepPreviousData: true },
  );
  return { functions: data?.items ?? [], error: error as unknown };
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

function Item({ icon, value, keys, onSelect, children }: { icon: ReactNode; value: string; keys?: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-10 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm text-ink-2 data-[selected=true]:bg-selected data-[selected=true]:text-ink md:h-9 [&_svg]:size-4 [&_svg]:text-ink-3"
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys && <Kbd keys={keys} />}
    </Command.Item>
  );
}
