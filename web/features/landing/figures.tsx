const figures: { value: string; unit: string; what: string; beside: string }[] = [
  { value: "5.2", unit: "ms", what: "all but the handler of a Node.js call on a fresh machine, median", beside: "Python: 5.1 ms" },
  { value: "100", unit: "/s", what: "fresh Python machines, two at a time", beside: "Python under bare bwrap: 127/s" },
  { value: "0.27", unit: "ms", what: "a warm Node.js call, authenticated and recorded, median", beside: "A bare Node.js server: 0.06 ms" },
  { value: "10,200", unit: "/s", what: "warm Node.js calls over 16 connections", beside: "A bare Node.js server: 70,000/s" },
  { value: "48", unit: "MB", what: "memory of the idle server with 100,000 executions on record", beside: "With ten: 50 MB" },
];

export function Figures() {
  return (
    <section aria-labelledby="figures" className="border-t">
      <div className="px-4 pt-10 pb-6 md:px-8">
        <h2 id="figures" className="text-2xl font-semibold tracking-tight">
          Measured, with what it costs
        </h2>
        <p className="max-w-2xl pt-1 text-base text-pretty text-ink-2">
          Each figure stands beside the bare thing that does less. Two cores of a virtual machine (AMD EPYC), Node.js 22, Python 3.11, SQLite, November 2026;{" "}
          <code className="text-sm">make bench</code> measures yours.
        </p>
      </div>
      <dl className="grid grid-cols-1 overflow-hidden border-t sm:grid-cols-2 lg:grid-cols-5">
        {figures.map(({ value, unit, what, beside }) => (
          <div key={what} className="-mt-px -ml-px flex flex-col gap-2 border-t border-l px-4 py-5 md:pl-8">
            <dt className="order-2 text-sm text-pretty text-ink-2">{what}</dt>
            <dd className="order-1 font-mono text-2xl tracking-tight">
              {value}
              <span className="pl-1 text-base text-ink-3">{unit}</span>
            </dd>
            <dd className="order-3 mt-auto text-xs text-ink-3">{beside}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
