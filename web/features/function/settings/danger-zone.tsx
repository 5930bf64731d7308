"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Section } from "@/components/ui/section";
import { toast } from "@/components/ui/toast";
import { deleteFunction } from "@/lib/data/functions";
import type { FunctionDetail } from "@/lib/api/types";

import { dropDrafts } from "../code/drafts";
import { environmentDrafts } from "../environment/environment-drafts";
import { settingsDrafts } from "./settings-drafts";

export function DangerZone({ fn }: { fn: FunctionDetail }) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  return (
    <Section title="Delete this function" description="All its versions, test events, variables and secrets are gone at once. Its executions stay readable until retention removes them.">
      <Button variant="danger" onClick={() => setAsking(true)}>
        Delete function…
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${fn.name}?`}
        description="This cannot be undone. Calls to it fail from now on."
        confirmLabel="Delete function"
        danger
        typed={fn.name}
        onConfirm={async () => {
          await deleteFunction(fn.id);
          dropDrafts(fn.id);
          environmentDrafts.drop(fn.id);
          settingsDrafts.drop(fn.id);
          toast.success(`Deleted ${fn.name}`);
          router.push("/functions");
        }}
      />
    </Section>
  );
}
