"use client";

import { Laptop, SquareTerminal } from "lucide-react";
import { useState } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { ErrorNote, ErrorState } from "@/components/ui/error-state";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { RelativeTime } from "@/components/ui/time";
import type { Session } from "@/lib/api/types";
import { revokeSession, signOutEverywhere, useSessions } from "@/lib/data/account";

import { readUserAgent } from "./user-agent";

// The account that a script signs in to can have hundreds.
const atOnce = 10;

export function Sessions() {
  const { sessions, error, refresh } = useSessions();
  const [leaving, setLeaving] = useState(false);
  const [all, setAll] = useState(false);
  const shown = all ? sessions : currentFirst(sessions)?.slice(0, atOnce);
  return (
    <Section title="Sessions" description="Where this account is signed in." actions={<Button onClick={() => setLeaving(true)}>Sign out everywhere</Button>}>
      {sessions === undefined && error !== undefined && <ErrorState title="The sessions could not be loaded" error={error} onRetry={() => void refresh()} />}
      <ul className="flex flex-col" aria-busy={sessions === undefined && error === undefined}>
        {shown === undefined && error === undefined && [0, 1].map((i) => <Skeleton key={i} className="my-2 h-10" />)}
        {shown?.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {sessions !== undefined && shown !== undefined && shown.length < sessions.length && (
        <Button variant="ghost" size="sm" className="mt-2" onClick={() => setAll(true)}>
          Show all {sessions.length}
        </Button>
      )}
      <ConfirmDialog
        open={leaving}
        onOpenChange={setLeaving}
        title="Sign out everywhere"
        description="Ends every session of this account, this one too. API keys stay."
        confirmLabel="Sign out everywhere"
        onConfirm={signOutEverywhere}
      />
    </Section>
  );
}

function currentFirst(sessions: Session[] | undefined): Session[] | undefined {
  return sessions?.toSorted((a, b) => Number(b.current) - Number(a.current));
}

function SessionRow({ session }: { session: Session }) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const client = readUserAgent(session.user_agent);
  const name = client === null ? "Unknown program" : [client.program, client.system].filter(Boolean).join(" on ");
  const Icon = client?.system ? Laptop : SquareTerminal;
  const revoke = async () => {
    setPending(true);
    setError(null);
    try {
      await revokeSession(session.id);
    } catch (thrown) {
      setError(thrown);
      setPending(false);
    }
  };
  return (
    <li className="flex flex-col gap-2 border-t py-2.5 first:border-t-0">
      <div className="flex items-center gap-3 text-sm">
        <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
        <div className="min-w-0 grow">
          <p className="flex flex-wrap items-center gap-x-2 text-ink">
            <span className="min-w-0 truncate" title={session.user_agent}>
              {name}
            </span>
            {session.current && <Badge tone="accent">This browser</Badge>}
          </p>
          <p className="text-ink-3">
            <span className="font-mono text-xs">{session.address}</span> · signed in <RelativeTime time={session.created_at} /> · last seen{" "}
            <RelativeTime time={session.refreshed_at} />
          </p>
        </div>
        {!session.current && (
          <Button size="sm" variant="ghost" pending={pending} onClick={revoke} aria-label={`Revoke the session of ${name}`}>
            Revoke
          </Button>
        )}
      </div>
      <ErrorNote error={error} />
    </li>
  );
}
