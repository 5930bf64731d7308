"use client";

import { Controller, type UseFormReturn } from "react-hook-form";

import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioCards } from "@/components/ui/radio-cards";
import { Section } from "@/components/ui/section";
import { formatDuration } from "@/lib/format";

import { settingsSchema, type Settings } from "./schema";

/** How much memory buys one CPU when no share is set, in MB (voltrun.MemoryPerCPU). */
const memoryPerCpu = 1769;

const isolations = [
  {
    value: "fresh",
    title: "Fresh",
    description: "A machine that nobody used before for every execution, destroyed afterwards. Nothing is left over, neither files nor globals.",
  },
  {
    value: "warm",
    title: "Warm",
    description: "A machine is kept for the next execution of the same version, one at a time. Globals and /tmp stay, and start-up is saved.",
  },
] as const;

/** What an execution may use, and in which kind of machine. */
export function LimitFields({ form }: { form: UseFormReturn<Settings> }) {
  const { errors } = form.formState;
  const memory = settingsSchema.shape.memory_mb.safeParse(form.watch("memory_mb"));
  const timeout = Number(form.watch("timeout_ms"));
  const share = memory.success ? (Number(memory.data) / memoryPerCpu).toFixed(2) : null;
  return (
    <>
      <Section title="Limits" description="An execution that reaches a limit ends and says which one it was.">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Memory (MB)" hint="64 to 4,096." error={errors.memory_mb?.message}>
            <Input {...form.register("memory_mb")} inputMode="numeric" autoComplete="off" className="font-mono" />
          </Field>
          <Field label="CPUs" optional hint={share === null ? "Follows the memory." : `Follows the memory when empty: ${share}.`} error={errors.cpus?.message}>
            <Input {...form.register("cpus")} inputMode="decimal" autoComplete="off" className="font-mono" placeholder={share ?? undefined} />
          </Field>
          <Field label="Timeout (ms)" hint={timeout > 0 ? `100 to 900,000. This is ${formatDuration(timeout)}.` : "100 to 900,000."} error={errors.timeout_ms?.message}>
            <Input {...form.register("timeout_ms")} inputMode="numeric" autoComplete="off" className="font-mono" />
          </Field>
          <Field label="Concurrent executions" hint="At once, at most; more wait or are refused." error={errors.max_concurrency?.message}>
            <Input {...form.register("max_concurrency")} inputMode="numeric" autoComplete="off" className="font-mono" />
          </Field>
        </div>
      </Section>
      <Section title="Isolation" description="Whether a machine may serve more than one execution. Other functions never share one.">
        <Controller control={form.control} name="isolation" render={({ field }) => <RadioCards legend="Isolation" hideLegend value={field.value} onValueChange={field.onChange} options={isolations} />} />
        {errors.isolation && (
          <p role="alert" className="pt-2 text-sm text-failure">
            {errors.isolation.message}
          </p>
        )}
      </Section>
    </>
  );
}
