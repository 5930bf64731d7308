import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { Segmented } from "./segmented";

function Range({ onChange }: { onChange: (value: string) => void }) {
  const [value, setValue] = useState("24h");
  const change = (next: string) => {
    setValue(next);
    onChange(next);
  };
  const options = ["1h", "24h", "7d", "30d"].map((range) => ({ value: range, label: range, disabled: range === "30d" }));
  return <Segmented aria-label="Range" value={value} onValueChange={change} options={options} />;
}

describe("Segmented", () => {
  it("is one stop for Tab, and the arrows choose among what is enabled", async () => {
    const user = userEvent.setup();
    const onChange = vi.fn();
    render(
      <>
        <Range onChange={onChange} />
        <button>After</button>
      </>,
    );
    expect(screen.getByRole("radiogroup", { name: "Range" })).toBeTruthy();
    await user.tab();
    expect(document.activeElement).toBe(screen.getByRole("radio", { name: "24h" }));
    await user.keyboard("{ArrowRight}");
    expect(onChange).toHaveBeenLastCalledWith("7d");
    await user.keyboard("{ArrowRight}");
    expect(onChange).toHaveBeenLastCalledWith("1h");
    await user.keyboard("{ArrowLeft}");
    expect(onChange).toHaveBeenLastCalledWith("7d");
    await user.tab();
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "After" }));
  });

  it("keeps two groups apart", async () => {
    const user = userEvent.setup();
    const [first, second] = [vi.fn(), vi.fn()];
    render(
      <>
        <Range onChange={first} />
        <Range onChange={second} />
      </>,
    );
    const [, week] = screen.getAllByRole<HTMLInputElement>("radio", { name: "7d" });
    if (week) await user.click(week);
    expect(second).toHaveBeenCalledWith("7d");
    expect(first).not.toHaveBeenCalled();
    expect(screen.getAllByRole<HTMLInputElement>("radio", { name: "24h" }).map((radio) => radio.checked)).toEqual([true, false]);
  });
});
