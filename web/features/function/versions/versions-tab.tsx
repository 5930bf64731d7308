"use client";

import { useSearchParams } from "next/navigation";

import type { FunctionDetail } from "@/lib/api/types";

import { VersionCompare } from "./version-compare";
import { VersionList } from "./version-list";
import { VersionView } from "./version-view";

export interface VersionsTabProps {
  fn: FunctionDetail;
  /** The address of this tab, to which what is chosen is added. */
  path: string;
  /** Whether the editor holds unsaved changes. */
  unsaved: boolean;
}

/** The versions of a function: the list, one of them, or what differs between two. The address says which. */
export function VersionsTab({ fn, path, unsaved }: VersionsTabProps) {
  const search = useSearchParams();
  const [version, from, to] = ["version", "from", "to"].map((name) => numberOf(search.get(name)));
  return (
    <div className="flex min-h-0 grow flex-col px-4 py-5 md:px-6">
      {from && to ? (
        <VersionCompare fn={fn} path={path} from={from} to={to} unsaved={unsaved} />
      ) : version ? (
        <VersionView fn={fn} path={path} number={version} unsaved={unsaved} />
      ) : (
        <VersionList fn={fn} path={path} unsaved={unsaved} />
      )}
    </div>
  );
}

function numberOf(value: string | null): number | null {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
