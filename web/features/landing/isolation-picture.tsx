/** Host, machine, agent, runner and handler inside one another, as wide as a phone so that its text stays readable there. */
export function IsolationPicture() {
  return (
    <svg
      role="img"
      aria-labelledby="isolation-picture"
      viewBox="0 0 340 432"
      className="w-full max-w-100 font-sans [&_text]:fill-ink-3 [&_text]:text-[11px]"
    >
      <title id="isolation-picture">
        On the host the VoltRun server talks to machines over one socket each. In a machine the agent contains the runner, and the runner your handler.
      </title>
      <Box x={0.5} y={0.5} width={339} height={431} name="Your host" note="Linux kernel" className="stroke-hairline-strong" />
      <Box x={16.5} y={36.5} width={307} height={48} name="VoltRun server" note="API · queue · pool · record" className="fill-surface stroke-hairline-strong" />
      <path d="M169.5 85v39m-4-5 4 5 4-5" className="fill-none stroke-ink-3" />
      <text x="180" y="108">
        frames, bounded and checked
      </text>
      <rect x="28.5" y="126.5" width="295" height="280" rx="6" className="fill-none stroke-hairline-strong" />
      <rect x="22.5" y="132.5" width="295" height="280" rx="6" className="fill-sunken stroke-hairline-strong" />
      <Box x={16.5} y={138.5} width={295} height={280} name="Machine" note="used once" className="fill-surface stroke-accent-text stroke-2" />
      <text x="28" y="178">
        namespaces · seccomp · no capabilities
      </text>
      <text x="28" y="194">
        no network · cgroup limits
      </text>
      <Box x={28.5} y={208.5} width={271} height={198} name="Agent" note="the first process" className="fill-canvas stroke-hairline-strong" />
      <Box x={40.5} y={240.5} width={247} height={154} name="Runner" note="Node.js or Python" className="fill-surface stroke-hairline-strong" />
      <text x="52" y="280">
        already started, waiting for code
      </text>
      <rect x="52.5" y="296.5" width="223" height="86" rx="4" className="fill-accent" />
      <text x="64" y="318" className="fill-accent-ink! text-[13px]! font-semibold">
        Your handler
      </text>
      <text className="fill-accent-ink!">
        <tspan x="64" y="342" className="font-mono">
          /var/task
        </tspan>
        <tspan x="140">your code, read-only</tspan>
        <tspan x="64" y="361" className="font-mono">
          /tmp
        </tspan>
        <tspan x="140">memory, gone afterwards</tspan>
      </text>
    </svg>
  );
}

interface BoxProps {
  x: number;
  y: number;
  width: number;
  height: number;
  name: string;
  note: string;
  className: string;
}

function Box({ x, y, width, height, name, note, className }: BoxProps) {
  return (
    <g>
      <rect x={x} y={y} width={width} height={height} rx="6" className={`${className.includes("fill-") ? "" : "fill-none"} ${className}`} />
      <text x={x + 12} y={y + 21} className="fill-ink! text-[13px]! font-medium">
        {name}
      </text>
      <text x={x + width - 12} y={y + 21} textAnchor="end">
        {note}
      </text>
    </g>
  );
}
