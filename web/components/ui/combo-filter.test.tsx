import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { MultiSelect } from "./combo-filter";

const statuses = [
  { value: "success", label: "Success" },
  { value: "failed", label: "Failed" },
  { value: "timeout", label: "Timed out" },
];

function Filter({ onChange, options = statuses }: { onChange: (values: string[]) => void; options?: typeof statuses }) {
  const [values, setValues] = useState<string[]>([]);
  const change = (next: string[]) => {
    setValues(next);
    onChange(next);
  };
  return <MultiSelect label="Status" values={values} onValuesChange={change} options={options} />;
}

describe("MultiSelect", () => {
  it("collects values in the order of the options and clears them", async () => {
    const user = userEvent.setup();
    const onChange = vi.fn();
    render(<Filter onChange={onChange} />);
    const chip = screen.getByRole("button", { name: "Status" });
    await user.click(chip);
    const list = await screen.findByRole("group", { name: "Status" });
    await user.click(within(list).getByRole("checkbox", { name: "Timed out" }));
    expect(chip.textContent).toBe("StatusTimed out");
    await user.click(within(list).getByRole("checkbox", { name: "Success" }));
    expect(onChange).toHaveBeenLastCalledWith(["success", "timeout"]);
    expect(chip.textContent).toBe("Status2 of 3");
    await user.click(within(list).getByRole("checkbox", { name: "Timed out" }));
    expect(onChange).toHaveBeenLastCalledWith(["success"]);
    await user.click(screen.getByRole("button", { name: "Clear" }));
    expect(onChange).toHaveBeenLastCalledWith([]);
  });

  it("works by keyboard alone and gives the focus back", async () => {
    const user = userEvent.setup();
    const onChange = vi.fn();
    render(<Filter onChange={onChange} />);
    await user.tab();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("checkbox", { name: "Success" })));
    await user.keyboard(" ");
    expect(onChange).toHaveBeenLastCalledWith(["success"]);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: /^Status/ })));
  });

  it("searches a long list and keeps what is chosen out of sight", async () => {
    const user = userEvent.setup();
    const onChange = vi.fn();
    const options = Array.from({ length: 20 }, (_, i) => ({ value: `f${i}`, label: `Function ${i}` }));
    render(<Filter onChange={onChange} options={options} />);
    await user.click(screen.getByRole("button", { name: "Status" }));
    await user.click(await screen.findByRole("checkbox", { name: "Function 3" }));
    const search = screen.getByRole("searchbox");
    await user.type(search, "tion 17");
    expect(screen.getAllByRole("checkbox")).toHaveLength(1);
    await user.click(screen.getByRole("checkbox", { name: "Function 17" }));
    expect(onChange).toHaveBeenLastCalledWith(["f3", "f17"]);
    await user.clear(search);
    await user.type(search, "nothing");
    expect(screen.getByText("Nothing matches")).toBeTruthy();
  });
});
