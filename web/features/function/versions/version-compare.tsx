"use client";

import { ArrowLeftRight } from "lucide-react";
import { useRouter } from "next/navigation";

import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { useVersion, useVersions } from "@/lib/data/versions";
import type { FunctionDetail, VersionDetail } from "@/lib/api/types";

import { ChangeList } from "../code/change-list";
import { changesBetween } from "../code/changes";
import { filesOf } from "../code/workspace";
import { RollBack } from "./roll-back";
import { VersionBar } from "./version-bar";

export interface VersionCompareProps {
  fn: FunctionDetail;
  path: string;
  from: number;
  to: number;
  unsaved: boolean;
}

/** What differs between any two versions. */
export function VersionCompare({ fn, path, from, to, unsaved }: VersionCompareProps) {
  const router = useRouter();
  const { versions } = useVersions(fn.id);
  const before = useVersion(fn.id, from);
  const after = useVersion(fn.id, to);
  const error = before.error ?? after.error;
  const options = (versions ?? []).map(({ number, message }) => ({
    value: String(number),
    label: number === fn.version ? `v${number}, active` : `v${number}`,
    ...(message !== "" && { hint: message.slice(0, 80) }),
  }));
  const compare = (a: number, b: number) => router.replace(`${path}&from=${a}&to=${b}`);
  return (
    <>
      <VersionBar path={path} title="Compare versions">
        <Select size="sm" aria-label="Before" value={String(from)} onValueChange={(value) => compare(Number(value), to)} options={options} placeholder={`v${from}`} className="w-32" />
        <ButtonLink size="icon-sm" variant="ghost" href={`${path}&from=${to}&to=${from}`} replace aria-label="Swap" title="Swap" icon={<ArrowLeftRight aria-hidden className="size-4" />} />
        <Select size="sm" aria-label="After" value={String(to)} onValueChange={(value) => compare(from, Number(value))} options={options} placeholder={`v${to}`} className="w-32" />
        <RollBack fn={fn} number={from === fn.version ? to : from} unsaved={unsaved} />
      </VersionBar>
      {before.version && after.version ? (
        <Difference before={before.version} after={after.version} />
      ) : error !== undefined ? (
        <ErrorState error={error} title="The versions could not be loaded" onRetry={() => void Promise.all([before.refresh(), after.refresh()])} />
      ) : (
        <Skeleton className="h-96" />
      )}
    </>
  );
}

function Difference({ before, after }: { before: VersionDetail; after: VersionDetail }) {
  const changes = changesBetween(filesOf(before).files, filesOf(after).files);
  const settings = (["handler", "runtime"] as const).filter((name) => before[name] !== after[name]);
  return (
    <>
      {settings.map((name) => (
        <p key={name} className="pb-3 text-sm text-ink-2">
          {name === "handler" ? "Handler" : "Runtime"}: <code className="text-failure">{before[name]}</code> became <code className="text-success">{after[name]}</code>.
        </p>
      ))}
      {changes.length === 0 ? (
        <EmptyState title="The files are the same" description={settings.length > 0 ? "Only what is named above differs." : "Choose another version to compare with."} />
      ) : (
        <ChangeList changes={changes} className="min-h-96 grow" />
      )}
    </>
  );
}
