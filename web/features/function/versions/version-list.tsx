"use client";

import { Link } from "@/components/ui/link";
import { useState } from "react";

import { Badge } from "@/components/ui/badge";
import { ButtonLink } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { LoadMore } from "@/components/ui/pagination";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table";
import { RelativeTime } from "@/components/ui/time";
import { useVersions } from "@/lib/data/versions";
import type { FunctionDetail, Version } from "@/lib/api/types";

import { RollBack } from "./roll-back";

/** How many rows are drawn at once. */
const step = 100;

export interface VersionListProps {
  fn: FunctionDetail;
  path: string;
  unsaved: boolean;
}

export function VersionList({ fn, path, unsaved }: VersionListProps) {
  const { versions, error, refresh } = useVersions(fn.id);
  const [count, setCount] = useState(step);
  if (!versions && error !== undefined) return <ErrorState error={error} title="The versions could not be loaded" onRetry={refresh} />;
  return (
    <div className="max-w-7xl">
      <p className="pb-3 text-sm text-ink-3">Every change of code, handler or runtime makes a version, which stays as it is. One of them is active.</p>
      <Table aria-label="Versions" aria-busy={!versions || undefined}>
        <THead>
          <Tr>
            <Th>Version</Th>
            <Th>Made</Th>
            <Th className="w-full">Message</Th>
            <Th className="hidden md:table-cell">Runtime</Th>
            <Th className="hidden lg:table-cell">Digest</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </Tr>
        </THead>
        <TBody>
          {versions ? versions.slice(0, count).map((version) => <Row key={version.number} fn={fn} version={version} path={path} unsaved={unsaved} />) : <SkeletonRows rows={4} columns={6} />}
        </TBody>
      </Table>
      {versions && versions.length > step && <LoadMore count={Math.min(count, versions.length)} done={count >= versions.length} pending={false} onClick={() => setCount(count + step)} />}
    </div>
  );
}

function Row({ fn, version, path, unsaved }: VersionListProps & { version: Version }) {
  const { number, message, digest } = version;
  return (
    <Tr>
      <Td className="whitespace-nowrap">
        <Link href={`${path}&version=${number}`} className="font-mono underline decoration-hairline-strong underline-offset-2 hover:decoration-current">
          v{number}
        </Link>
        {number === fn.version && (
          <Badge tone="accent" className="ml-2">
            Active
          </Badge>
        )}
      </Td>
      <Td className="whitespace-nowrap text-ink-2">
        <RelativeTime time={version.created_at} />
      </Td>
      <Td className="max-w-0 truncate" title={message}>
        {message === "" ? <span className="text-ink-3">–</span> : message}
      </Td>
      <Td className="hidden font-mono text-xs whitespace-nowrap text-ink-2 md:table-cell">{version.runtime}</Td>
      <Td className="hidden font-mono text-xs text-ink-3 lg:table-cell" title={`SHA-256 of the files: ${digest}`}>
        {digest.slice(0, 10)}
      </Td>
      <Td>
        <span className="flex justify-end gap-2 whitespace-nowrap">
          {number !== fn.version && (
            <ButtonLink size="sm" variant="ghost" href={`${path}&from=${number}&to=${fn.version}`} aria-label={`Compare version ${number} with the active one`} className="max-sm:hidden">
              Compare
            </ButtonLink>
          )}
          <RollBack fn={fn} number={number} unsaved={unsaved} compact />
        </span>
      </Td>
    </Tr>
  );
}
