"use client";

import { useEffect, useState } from "react";

import { CodeEditor } from "@/components/editor/code-editor";
import { EditorFiles } from "@/components/editor/editor-files";
import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { KeyValue } from "@/components/ui/key-value";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { RelativeTime } from "@/components/ui/time";
import { useVersion } from "@/lib/data/versions";
import type { FunctionDetail, VersionDetail } from "@/lib/api/types";

import { entryOf, filesOf } from "../code/workspace";
import { RollBack } from "./roll-back";
import { VersionBar } from "./version-bar";

export interface VersionViewProps {
  fn: FunctionDetail;
  path: string;
  number: number;
  unsaved: boolean;
}

/** One version as it is, to read. */
export function VersionView({ fn, path, number, unsaved }: VersionViewProps) {
  const { version, error, refresh } = useVersion(fn.id, number);
  return (
    <>
      <VersionBar
        path={path}
        title={
          <>
            Version {number}
            {number === fn.version && <Badge tone="accent">Active</Badge>}
          </>
        }
      >
        {number !== fn.version && (
          <ButtonLink size="sm" href={`${path}&from=${number}&to=${fn.version}`}>
            Compare with version {fn.version}
          </ButtonLink>
        )}
        <RollBack fn={fn} number={number} unsaved={unsaved} />
      </VersionBar>
      {version ? <Content key={number} fn={fn} version={version} /> : error !== undefined ? <ErrorState error={error} title={`Version ${number} could not be loaded`} onRetry={refresh} /> : <Skeleton className="h-96" />}
    </>
  );
}

function Content({ fn, version }: { fn: FunctionDetail; version: VersionDetail }) {
  const { files } = filesOf(version);
  const paths = Object.keys(files).sort();
  const [chosen, setChosen] = useState(() => entryOf(paths) ?? "");
  const [models] = useState(() => new EditorFiles(`${fn.id}-v${version.number}`));
  useEffect(() => () => models.dispose(), [models]);
  return (
    <>
      <KeyValue
        className="pb-4"
        items={[
          { label: "Made", value: <RelativeTime time={version.created_at} /> },
          ...(version.message === "" ? [] : [{ label: "Message", value: version.message }]),
          { label: "Runtime", value: <code className="text-xs">{version.runtime}</code> },
          { label: "Handler", value: <code className="text-xs">{version.handler}</code> },
          { label: "Digest", value: <code className="text-xs break-all">{version.digest}</code> },
        ]}
      />
      <div className="flex min-h-96 grow flex-col border">
        <div className="flex items-center gap-3 border-b bg-sunken px-3 py-1.5">
          {paths.length > 1 ? (
            <Select size="sm" aria-label="File" value={chosen} onValueChange={setChosen} options={paths.map((path) => ({ value: path, label: path }))} className="max-w-72" />
          ) : (
            <span className="font-mono text-xs leading-7">{chosen}</span>
          )}
          <span className="ml-auto text-xs text-ink-3">Read-only</span>
        </div>
        <CodeEditor files={models} path={chosen} text={files[chosen] ?? ""} label={`${chosen} of version ${version.number}, read-only`} readOnly className="grow" />
      </div>
    </>
  );
}
