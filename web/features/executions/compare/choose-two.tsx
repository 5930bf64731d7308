"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

const executionId = /^exe_[0-9A-Za-z]{10,60}$/;

/** Asks for what the address does not say. `missing` is the id of which there is no execution. */
export function ChooseTwo({ a, b, missing }: { a: string; b: string; missing?: string }) {
  const router = useRouter();
  const [ids, setIds] = useState({ a, b });
  const [tried, setTried] = useState(false);
  const problem = (id: string) => {
    if (id === missing) return "There is no such execution. It may have been removed with age, or belong to another account.";
    return tried && !executionId.test(id.trim()) ? "An id begins with exe_ and is on the page of the execution." : undefined;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const [first, second] = [ids.a.trim(), ids.b.trim()];
    if (executionId.test(first) && executionId.test(second)) router.push(`/executions/compare?a=${first}&b=${second}`);
  };
  return (
    <form onSubmit={submit} className="flex max-w-md flex-col gap-4 py-6" noValidate>
      <p className="text-sm text-ink-2">Lays timing, result, log and input of two executions side by side. A replay offers it for itself and its original.</p>
      <Field label="Execution A" error={problem(ids.a)}>
        <Input value={ids.a} onChange={(event) => setIds({ ...ids, a: event.target.value })} placeholder="exe_…" autoComplete="off" spellCheck={false} className="font-mono" />
      </Field>
      <Field label="Execution B" error={problem(ids.b)}>
        <Input value={ids.b} onChange={(event) => setIds({ ...ids, b: event.target.value })} placeholder="exe_…" autoComplete="off" spellCheck={false} className="font-mono" />
      </Field>
      <Button type="submit" variant="primary" className="self-start">
        Compare
      </Button>
    </form>
  );
}
