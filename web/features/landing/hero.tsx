import { AccountLinks } from "./account-links";
import { Install } from "./install";
import { MachineTimeline } from "./machine-timeline";

export function Hero() {
  return (
    <section className="grid grid-cols-1 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-6 px-4 py-12 md:px-8 lg:py-20">
        <h1 className="text-4xl font-semibold tracking-tighter text-balance sm:text-5xl">Every execution, a machine of its own.</h1>
        <p className="max-w-xl text-lg text-pretty text-ink-2">
          VoltRun runs Node.js and Python functions on your own Linux server. Each call gets a machine that was booted before you asked and that nobody has
          used. Functions written for AWS Lambda run unmodified.
        </p>
        <div className="flex flex-wrap gap-2">
          <AccountLinks size="lg" />
        </div>
        <Install />
      </div>
      <MachineTimeline />
    </section>
  );
}
