import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Execution } from "@/lib/api/types";

import { LogText } from "./log-text";
import { Outcome } from "./outcome";
import { Waterfall } from "./waterfall";

function execution(more: Partial<Execution>): Execution {
  return {
    id: "exe_1", function_id: "fn_1", function_name: "report", version: 1, status: "success", trigger: "api", attempt: 1, start: "cold", error: null,
    logs_truncated_bytes: 0, exit_code: null, memory_peak_bytes: null, created_at: "2026-01-02T00:00:00.000Z", started_at: null, finished_at: null,
    duration_ms: 10, phases: [], replay_of: null, request_id: null, input: null, output: null, logs: "", ...more,
  };
}

describe("Outcome", () => {
  const error = { type: "TypeError", message: "No <b>such</b> thing", stack: ["TypeError: No <b>such</b> thing", "    at handler (/var/task/src/a.js:3:9)", "    at node:internal/process:1:1"] };

  it("leads from a frame of the function's own code to its line, and from no other", async () => {
    const onFrame = vi.fn();
    render(<Outcome execution={execution({ status: "failed", error })} onFrame={onFrame} />);
    const frames = screen.getByRole("list", { name: "Stack trace" }).querySelectorAll("button");
    expect(frames).toHaveLength(1);
    await userEvent.click(screen.getByRole("button", { name: "/var/task/src/a.js:3:9" }));
    expect(onFrame).toHaveBeenCalledWith("src/a.js", 3);
  });

  it("shows what a function threw as text, and its first line once", () => {
    const { container } = render(<Outcome execution={execution({ status: "failed", error })} />);
    expect(container.querySelector("b")).toBeNull();
    expect(screen.getByText("No <b>such</b> thing")).toBeDefined();
    expect(screen.getAllByRole("listitem")).toHaveLength(2);
  });

  it("says what there is to say where nothing was returned", () => {
    const { rerender } = render(<Outcome execution={execution({ status: "running" })} />);
    expect(screen.getByText(/once the function returns/)).toBeDefined();
    rerender(<Outcome execution={execution({ status: "canceled" })} />);
    expect(screen.getByText("Canceled before the function returned anything.")).toBeDefined();
  });
});

describe("LogText", () => {
  it("keeps markup as text, marks what is searched and colours what was coloured", () => {
    const { container } = render(<LogText text={"\x1b[31m<img src=x onerror=1>\x1b[0m Found, FOUND"} query="found" limit={1000} />);
    expect(container.querySelector("img")).toBeNull();
    expect(container.textContent).toBe("<img src=x onerror=1> Found, FOUND");
    expect([...container.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["Found", "FOUND"]);
    expect(container.querySelector(".text-failure")?.textContent).toBe("<img src=x onerror=1>");
  });

  it("draws no more than it is asked to", () => {
    const { container } = render(<LogText text={"x".repeat(5000)} query="" limit={2000} />);
    expect(container.textContent).toHaveLength(2000);
  });
});

describe("Waterfall", () => {
  it("is a table with a bar for each phase on the axis that is asked for", () => {
    render(<Waterfall phases={[{ name: "queue", ms: 10 }, { name: "handler", ms: 30 }, { name: "own", ms: 0 }]} total={80} />);
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows.map((row) => row.querySelector("th")?.textContent)).toEqual(["Queue", "Handler", "own"]);
    expect(rows.map((row) => row.querySelector<HTMLElement>("[style]")?.style.width)).toEqual(["12.5%", "37.5%", "0%"]);
    expect(rows[1]?.title).toContain("Begins at 10.0 ms, takes 30.0 ms");
    expect(screen.getByRole("table", { name: "Phases of the execution, 40.0 ms in all" })).toBeDefined();
  });
});
