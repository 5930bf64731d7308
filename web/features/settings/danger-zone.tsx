"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";

import { DeleteAccountDialog } from "./delete-account-dialog";

export function DangerZone({ email }: { email: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <Section
      title="Delete account"
      description="Ends every session and key, cancels what runs, and deletes all functions, versions, executions and logs of this account. It cannot be undone."
    >
      <Button variant="danger" onClick={() => setAsking(true)}>
        Delete account
      </Button>
      <DeleteAccountDialog email={email} open={asking} onClose={() => setAsking(false)} />
    </Section>
  );
}
