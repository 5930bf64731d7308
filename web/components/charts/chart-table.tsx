import { Table, TBody, Td, Th, THead, Tr } from "@/components/ui/table";

import { stepName } from "./axis";
import type { ChartSeries } from "./series";

interface Props {
  title: string;
  times: readonly number[];
  stepMs: number;
  series: readonly ChartSeries[];
  format: (value: number) => string;
  height: number;
}

/** The values of a chart in figures, the newest step first. */
export function ChartTable({ title, times, stepMs, series, format, height }: Props) {
  return (
    <div style={{ height }} className="min-w-0">
      <Table aria-label={title} regionClassName="h-full border-y">
        <THead>
          <Tr>
            <Th>Time</Th>
            {series.map(({ label }) => (
              <Th key={label} numeric>
                {label}
              </Th>
            ))}
          </Tr>
        </THead>
        <TBody>
          {times
            .map((time, i) => (
              <Tr key={time}>
                <Td className="h-7 whitespace-nowrap text-ink-2">{stepName(time, stepMs)}</Td>
                {series.map(({ label, values }) => (
                  <Td key={label} numeric className="h-7">
                    {typeof values[i] === "number" ? format(values[i]) : "–"}
                  </Td>
                ))}
              </Tr>
            ))
            .reverse()}
        </TBody>
      </Table>
    </div>
  );
}
