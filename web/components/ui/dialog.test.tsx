import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { ApiError } from "@/lib/api/problem";

import { Button } from "./button";
import { ConfirmDialog, Dialog } from "./dialog";

function Deletion({ onConfirm, typed }: { onConfirm: () => Promise<unknown>; typed?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Delete…</Button>
      <ConfirmDialog open={open} onOpenChange={setOpen} title="Delete hello" description="Its history goes too." confirmLabel="Delete function" danger typed={typed} onConfirm={onConfirm} />
    </>
  );
}

describe("ConfirmDialog", () => {
  it("acts only after the exact text was typed", async () => {
    const user = userEvent.setup();
    const onConfirm = vi.fn(async () => undefined);
    render(<Deletion typed="hello" onConfirm={onConfirm} />);
    await user.click(screen.getByRole("button", { name: "Delete…" }));
    const input = await screen.findByRole("textbox", { name: "Type hello to confirm" });
    await waitFor(() => expect(document.activeElement).toBe(input));

    await user.type(input, "hell{Enter}");
    expect(onConfirm).not.toHaveBeenCalled();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Delete function" }).disabled).toBe(true);

    await user.type(input, "o{Enter}");
    expect(onConfirm).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  });

  it("shows what went wrong, stays open and can be tried again", async () => {
    const user = userEvent.setup();
    const onConfirm = vi
      .fn<() => Promise<void>>()
      .mockRejectedValueOnce(new ApiError(409, "conflict", "The function is running.", "req_1"))
      .mockResolvedValueOnce(undefined);
    render(<Deletion onConfirm={onConfirm} />);
    await user.click(screen.getByRole("button", { name: "Delete…" }));
    await user.click(await screen.findByRole("button", { name: "Delete function" }));

    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The function is running.");
    expect(alert.textContent).toContain("req_1");

    await user.click(screen.getByRole("button", { name: "Delete function" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  });

  it("cannot be left or pressed twice while it acts", async () => {
    const user = userEvent.setup();
    let finish = () => {};
    const onConfirm = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    render(<Deletion onConfirm={onConfirm} />);
    await user.click(screen.getByRole("button", { name: "Delete…" }));
    const confirm = await screen.findByRole("button", { name: "Delete function" });
    await user.click(confirm);
    await user.click(confirm);
    await user.keyboard("{Escape}");
    expect(onConfirm).toHaveBeenCalledTimes(1);
    expect(confirm.getAttribute("aria-busy")).toBe("true");
    expect(screen.getByRole("alertdialog")).toBeTruthy();

    finish();
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  });

  it("forgets what was typed when it is opened again, and gives the focus back", async () => {
    const user = userEvent.setup();
    render(<Deletion typed="hello" onConfirm={async () => undefined} />);
    const opener = screen.getByRole("button", { name: "Delete…" });
    await user.click(opener);
    await user.type(await screen.findByRole("textbox"), "hello");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(opener));
    await user.click(opener);
    expect((await screen.findByRole<HTMLInputElement>("textbox")).value).toBe("");
  });
});

describe("Dialog", () => {
  it("is named, described and closed by Escape", async () => {
    const user = userEvent.setup();
    const onOpenChange = vi.fn();
    render(
      <Dialog open onOpenChange={onOpenChange} title="New key" description="It is shown once.">
        <input aria-label="Name" />
      </Dialog>,
    );
    const dialog = await screen.findByRole("dialog", { name: "New key" });
    expect(document.getElementById(dialog.getAttribute("aria-describedby") ?? "")?.textContent).toBe("It is shown once.");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Name" })));
    await user.keyboard("{Escape}");
    expect(onOpenChange).toHaveBeenCalledWith(false);
  });

  it("has no way out where none is given", async () => {
    render(<Dialog open title="Sign in again" />);
    await screen.findByRole("dialog", { name: "Sign in again" });
    expect(screen.queryByRole("button", { name: "Close" })).toBeNull();
  });
});
