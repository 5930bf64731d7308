"use client";

import { useState } from "react";

import { Dialog } from "@/components/ui/dialog";
import type { NewApiKey } from "@/lib/api/types";

import { KeyForm } from "./key-form";
import { KeyOnce } from "./key-once";

/** First asks what the key is for, then shows it, once. */
export function CreateKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [created, setCreated] = useState<NewApiKey | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  if (created !== null) {
    return (
      <Dialog open={open} title="Store this key now" description="It is shown this once. Whoever has it can do what its scopes allow.">
        <KeyOnce created={created} onStored={close} />
      </Dialog>
    );
  }
  return (
    <Dialog open={open} onOpenChange={close} title="Create an API key">
      <KeyForm onCreated={setCreated} onCancel={close} />
    </Dialog>
  );
}
