import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { Button } from "./button";
import { Menu } from "./menu";

function show(onDelete = vi.fn()) {
  render(
    <>
      <Menu
        trigger={<Button>More</Button>}
        items={[{ label: "Pause", disabled: true }, { label: "Open", href: "/functions" }, "separator", { label: "Delete…", danger: true, onSelect: onDelete }]}
      />
      <button>After</button>
    </>,
  );
  return { user: userEvent.setup(), more: screen.getByRole("button", { name: "More" }), onDelete };
}

const closed = () => waitFor(() => expect(screen.queryByRole("menu")).toBeNull());

describe("Menu", () => {
  it("opens and closes by its button", async () => {
    const { user, more } = show();
    await user.click(more);
    await screen.findByRole("menu");
    expect(more.getAttribute("aria-expanded")).toBe("true");
    await user.click(more);
    await closed();
    expect(more.getAttribute("aria-expanded")).toBe("false");
  });

  it("is left by Escape and Tab with the focus back on its button", async () => {
    const { user, more } = show();
    for (const key of ["{Escape}", "{Tab}"]) {
      more.focus();
      await user.keyboard("{ArrowDown}");
      const menu = await screen.findByRole("menu");
      await waitFor(() => expect(menu.contains(document.activeElement)).toBe(true));
      await user.keyboard(key);
      await closed();
      await waitFor(() => expect(document.activeElement).toBe(more));
    }
  });

  it("acts and closes", async () => {
    const { user, more, onDelete } = show();
    await user.click(more);
    expect((await screen.findByRole("menuitem", { name: "Open" })).getAttribute("href")).toBe("/functions");
    await user.click(screen.getByRole("menuitem", { name: "Delete…" }));
    expect(onDelete).toHaveBeenCalledTimes(1);
    await closed();
  });
});
