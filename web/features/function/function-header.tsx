"use client";

import { Activity, Ellipsis, Save, ScrollText } from "lucide-react";

import { Badge, StatusBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { PageHeader } from "@/components/ui/page-header";
import { TabNav } from "@/components/ui/tabs";
import { Tooltip } from "@/components/ui/tooltip";
import type { FunctionDetail } from "@/lib/api/types";

import { RunButton } from "./run/run-button";
import type { Run } from "./run/use-run";
import { tabs, type Tab } from "./tabs";

export interface FunctionHeaderProps {
  fn: FunctionDetail;
  /** The address of the page. */
  path: string;
  tab: Tab;
  runtimeName: string;
  changed: boolean;
  saving: boolean;
  run: Run;
  onSave: () => void;
  onRun: () => void;
}

export function FunctionHeader({ fn, path, tab, runtimeName, changed, saving, run, onSave, onRun }: FunctionHeaderProps) {
  const lastStatus = run.recent?.[0]?.status;
  return (
    <PageHeader
      className="shrink-0 px-4 md:px-6"
      title={
        <span className="block max-w-[60vw] truncate" title={fn.name}>
          {fn.name}
        </span>
      }
      meta={
        <span className="flex flex-wrap items-center gap-1.5">
          <Badge>{runtimeName}</Badge>
          <Badge className="font-mono" title={`Version ${fn.version} is active`}>
            v{fn.version}
          </Badge>
          <Badge title={fn.isolation === "warm" ? "Machines are kept for the next execution" : "A fresh machine for every execution"}>{fn.isolation}</Badge>
          {lastStatus && <StatusBadge status={lastStatus} title="How the last execution went" />}
        </span>
      }
      actions={
        <>
          <Menu
            trigger={<Button variant="ghost" size="icon" aria-label="More of this function" icon={<Ellipsis aria-hidden className="size-4" />} />}
            items={[
              { label: "Its executions", icon: <Activity />, href: `/executions?function_id=${fn.id}` },
              { label: "Its logs", icon: <ScrollText />, href: `/logs?function_id=${fn.id}` },
            ]}
          />
          <Tooltip content={changed ? "Save a new version" : "Nothing to save"} shortcut="mod+s">
            <Button onClick={onSave} pending={saving} aria-disabled={!changed || undefined} icon={<Save aria-hidden className="size-4" />} className={changed ? undefined : "opacity-50"}>
              Save
            </Button>
          </Tooltip>
          <RunButton run={run} onRun={onRun} />
        </>
      }
    >
      <TabNav aria-label={fn.name} items={tabs.map(({ value, label }) => ({ label, href: value === "code" ? path : `${path}?tab=${value}`, active: value === tab }))} />
    </PageHeader>
  );
}
