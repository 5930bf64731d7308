import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useForm } from "react-hook-form";
import { describe, expect, it } from "vitest";

import { Field } from "./field";
import { Input, PasswordInput, SearchInput } from "./input";
import { Select } from "./select";

describe("Field", () => {
  it("binds label, hint and error to the control", () => {
    render(
      <Field label="Name" hint="Lower case." error="Taken already.">
        <Input />
      </Field>,
    );
    const input = screen.getByLabelText("Name");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(["Taken already.", "Lower case."]);
    expect(screen.getByRole("alert").textContent).toBe("Taken already.");
  });

  it("says nothing of errors while there is none", () => {
    render(<Field label="Name">{(control) => <Input {...control} />}</Field>);
    const input = screen.getByLabelText("Name");
    expect(input.hasAttribute("aria-invalid")).toBe(false);
    expect(input.hasAttribute("aria-describedby")).toBe(false);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("binds a select and a password", () => {
    render(
      <>
        <Field label="Runtime" error="Choose one.">
          <Select value={null} onValueChange={() => undefined} options={[{ value: "node", label: "Node.js" }]} />
        </Field>
        <Field label="Password">
          <PasswordInput />
        </Field>
      </>,
    );
    const select = screen.getByLabelText("Runtime");
    expect(select.tagName).toBe("SELECT");
    expect(select.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByLabelText("Password").getAttribute("type")).toBe("password");
  });

  it("works with a registered input", async () => {
    const user = userEvent.setup();
    function Form() {
      const { register, handleSubmit, formState } = useForm<{ name: string }>();
      return (
        <form onSubmit={handleSubmit(() => undefined)}>
          <Field label="Name" error={formState.errors.name?.message}>
            <Input {...register("name", { required: "Give it a name." })} />
          </Field>
          <button>Save</button>
        </form>
      );
    }
    render(<Form />);
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findByRole("alert")).textContent).toBe("Give it a name.");
    expect(document.activeElement).toBe(screen.getByLabelText("Name"));
    await user.type(screen.getByLabelText("Name"), "a");
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("SearchInput", () => {
  it("is emptied by Escape, and lets Escape pass when it is empty", async () => {
    const user = userEvent.setup();
    const seen: string[] = [];
    const passed: string[] = [];
    const { rerender } = render(
      <div onKeyDown={(event) => passed.push(event.key)}>
        <SearchInput value="abc" onValueChange={(value) => seen.push(value)} placeholder="Search functions" />
      </div>,
    );
    await user.click(screen.getByRole("searchbox", { name: "Search functions" }));
    await user.keyboard("{Escape}");
    expect([seen, passed]).toEqual([[""], []]);
    rerender(
      <div onKeyDown={(event) => passed.push(event.key)}>
        <SearchInput value="" onValueChange={(value) => seen.push(value)} placeholder="Search functions" />
      </div>,
    );
    await user.keyboard("{Escape}");
    expect([seen, passed]).toEqual([[""], ["Escape"]]);
  });
});
