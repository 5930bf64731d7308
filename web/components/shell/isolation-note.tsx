"use client";

import { ShieldAlert, ShieldCheck } from "lucide-react";
import { Link } from "@/components/ui/link";

import { useSystem } from "@/lib/use-system";

/** What isolates functions on this server, always in sight: it decides what may be run here. */
export function IsolationNote() {
  const { system } = useSystem();
  if (!system) return <div className="h-8" />;
  const weak = system.isolation_level === "none";
  const Icon = weak ? ShieldAlert : ShieldCheck;
  return (
    <Link
      href="/status"
      className="flex h-8 items-center gap-2 rounded-md px-2 text-xs text-ink-3 transition-colors hover:bg-hover hover:text-ink-2"
    >
      <Icon className={weak ? "size-3.5 text-failure" : "size-3.5"} aria-hidden="true" />
      <span className="truncate">
        {weak ? "No isolation" : `Isolated by ${system.isolation_driver}`}
      </span>
    </Link>
  );
}
