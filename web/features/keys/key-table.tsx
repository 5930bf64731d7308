"use client";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table";
import { RelativeTime } from "@/components/ui/time";
import type { ApiKey } from "@/lib/api/types";

import { KeyScopes } from "./key-scopes";

const day = 86_400_000;

/** The keys, newest first; `keys` is undefined while they are loading. */
export function KeyTable({ keys, onRevoke }: { keys: ApiKey[] | undefined; onRevoke: (key: ApiKey) => void }) {
  return (
    <Table aria-label="API keys" aria-busy={keys === undefined}>
      <THead>
        <tr>
          <Th>Name</Th>
          <Th className="hidden md:table-cell">Key</Th>
          <Th className="hidden md:table-cell">Scopes</Th>
          <Th className="hidden lg:table-cell">Created</Th>
          <Th>Expires</Th>
          <Th className="hidden sm:table-cell">Last used</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </THead>
      <TBody>{keys === undefined ? <SkeletonRows rows={4} columns={7} /> : keys.map((key) => <KeyRow key={key.id} apiKey={key} onRevoke={onRevoke} />)}</TBody>
    </Table>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: (key: ApiKey) => void }) {
  const { name, prefix, scopes, created_at, last_used_at } = apiKey;
  return (
    <Tr>
      <Td className="max-w-0 min-w-32 py-2 font-medium md:max-w-56">
        <span className="block truncate" title={name}>
          {name}
        </span>
        <code className="block truncate text-xs font-normal text-ink-3 md:hidden">{prefix}…</code>
      </Td>
      <Td className="hidden text-ink-2 md:table-cell">
        <code className="whitespace-nowrap">{prefix}…</code>
      </Td>
      <Td className="hidden py-2 md:table-cell">
        <KeyScopes scopes={scopes} />
      </Td>
      <Td className="hidden whitespace-nowrap text-ink-2 lg:table-cell">
        <RelativeTime time={created_at} />
      </Td>
      <Td className="whitespace-nowrap text-ink-2">
        <Expiry time={apiKey.expires_at} />
      </Td>
      <Td className="hidden whitespace-nowrap text-ink-2 sm:table-cell">{last_used_at === null ? "Never" : <RelativeTime time={last_used_at} />}</Td>
      <Td className="w-0 text-right">
        <Button variant="ghost" size="sm" onClick={() => onRevoke(apiKey)} aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      </Td>
    </Tr>
  );
}

/** Says so when a key has run out, and warns a week before. */
function Expiry({ time }: { time: string | null }) {
  if (time === null) return "Never";
  const left = Date.parse(time) - Date.now();
  if (left <= 0) return <Badge tone="failure">Expired</Badge>;
  const text = <RelativeTime time={time} />;
  return left < 7 * day ? <Badge tone="warning">{text}</Badge> : text;
}
