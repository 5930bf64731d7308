"use client";

import { KeyRound, Plus } from "lucide-react";
import { useState, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { PageHeader } from "@/components/ui/page-header";
import type { ApiKey } from "@/lib/api/types";
import { revokeKey, useKeys } from "@/lib/data/keys";

import { CreateKeyDialog } from "./create-key-dialog";
import { KeyTable } from "./key-table";

export function KeysPage() {
  const { keys, error, refresh } = useKeys();
  const [creating, setCreating] = useState(false);
  const create = (
    <Button variant="primary" icon={<Plus aria-hidden className="size-4" />} onClick={() => setCreating(true)}>
      Create key
    </Button>
  );
  return (
    <div className="max-w-7xl px-4 md:px-6">
      <PageHeader title="API keys" actions={keys !== undefined && keys.length > 0 && create} />
      <p className="max-w-2xl pt-4 pb-2 text-sm text-pretty text-ink-3">
        A key lets a program, a script or the <code>volt</code> command call this server in your name, and do only what its scopes allow.
      </p>
      <Keys keys={keys} error={error} onRetry={() => void refresh()} create={create} />
      <CreateKeyDialog open={creating} onClose={() => setCreating(false)} />
    </div>
  );
}

function Keys({ keys, error, onRetry, create }: { keys: ApiKey[] | undefined; error: unknown; onRetry: () => void; create: ReactNode }) {
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  if (keys === undefined && error !== undefined) return <ErrorState title="The API keys could not be loaded" error={error} onRetry={onRetry} />;
  if (keys?.length === 0) {
    return (
      <EmptyState
        icon={<KeyRound />}
        title="No API keys yet"
        description="Create one to call your functions from a program. It is shown once; the server keeps only its hash."
        action={create}
      />
    );
  }
  return (
    <>
      <KeyTable keys={keys} onRevoke={setRevoking} />
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? ""}`}
        description="The next call with this key is refused, on every node. This cannot be undone."
        confirmLabel="Revoke key"
        danger
        typed={revoking?.name}
        onConfirm={() => (revoking === null ? Promise.resolve() : revokeKey(revoking.id))}
      />
    </>
  );
}
