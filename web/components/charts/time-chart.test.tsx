import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { TimeChart, type TimeChartProps } from "./time-chart";

const hour = 3_600_000;
const start = new Date(2026, 10, 24, 14).getTime();

const chart: TimeChartProps = {
  title: "Executions",
  kind: "stacked-bars",
  times: [start, start + hour],
  stepMs: hour,
  series: [
    { label: "Failed", color: "failure", values: [1, 0] },
    { label: "p50", color: "chart-1", values: [12, null] },
  ],
  summary: ["1", "12"],
  summaryName: "All 2h",
  format: (value) => `${value} x`,
  mark: String,
  sync: "test",
  empty: "Nothing ran.",
};

describe("TimeChart", () => {
  it("says the same as a table, the newest step first", async () => {
    render(<TimeChart {...chart} />);
    await userEvent.click(screen.getByRole("button", { name: /Show as table/ }));
    const rows = within(screen.getByRole("table", { name: "Executions" })).getAllByRole("row").map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ["Time", "Failed", "p50"],
      ["24 Nov, 15:00–16:00", "0 x", "–"],
      ["24 Nov, 14:00–15:00", "1 x", "12 x"],
    ]);
    expect(screen.getByRole("button", { name: /Show as chart/ })).toBeTruthy();
  });

  it("names what each series comes to", () => {
    render(<TimeChart {...chart} />);
    expect(screen.getByText("All 2h")).toBeTruthy();
    expect(screen.getAllByRole("definition").map((value) => value.textContent)).toEqual(["1", "12"]);
  });

  it("says so instead of drawing nothing", () => {
    render(<TimeChart {...chart} series={[{ label: "Failed", color: "failure", values: [0, null] }]} />);
    expect(screen.getByText("Nothing ran.")).toBeTruthy();
  });
});
