import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { SignInForm } from "./sign-in-form";

const replace = vi.fn();
vi.mock("next/navigation", () => ({ useRouter: () => ({ replace }) }));

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } }));
}

async function submit(email: string, password: string) {
  const user = userEvent.setup();
  render(<SignInForm />);
  if (email) await user.type(screen.getByLabelText("E-mail"), email);
  if (password) await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

describe("SignInForm", () => {
  beforeEach(() => {
    replace.mockReset();
    localStorage.clear();
    history.replaceState(null, "", "/login");
  });

  it("asks for what is missing before it asks the server", async () => {
    const fetched = answer(200, {});
    await submit("", "");
    const email = await screen.findByLabelText("E-mail");
    expect(email.getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(email);
    expect(screen.getByText("Enter your password.")).toBeTruthy();
    expect(fetched).not.toHaveBeenCalled();
  });

  it("shows the server's answer for the form as a whole, so that it does not tell who has an account", async () => {
    answer(401, { code: "unauthenticated", detail: "the e-mail address or the password is wrong", request_id: "req_1" });
    await submit("ann@example.com", "wrong");
    expect(await screen.findByText("The e-mail address or the password is wrong.")).toBeTruthy();
    expect(screen.getByText("req_1")).toBeTruthy();
    expect(screen.getByLabelText("E-mail").getAttribute("aria-invalid")).toBeNull();
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
    expect(replace).not.toHaveBeenCalled();
  });

  it("waits as long as the server asks to", async () => {
    answer(429, { code: "rate_limited", detail: "slow down" }, { "Retry-After": "1" });
    await submit("ann@example.com", "wrong");
    expect(await screen.findByText("Try again in 1 s.")).toBeTruthy();
    const button = screen.getByRole<HTMLButtonElement>("button", { name: "Sign in" });
    expect(button.disabled).toBe(true);
    await vi.waitFor(() => expect(button.disabled).toBe(false), { timeout: 3000 });
    expect(screen.queryByText(/Try again/)).toBeNull();
  });

  it("goes where the visitor wanted to, but never to another site", async () => {
    answer(200, { token: "t", expires_at: "2100-01-01T00:00:00Z", user: { id: "usr_1", email: "ann@example.com", name: "", created_at: "2026-01-01T00:00:00Z" } });
    history.replaceState(null, "", "/login?next=//evil.example/functions");
    await submit("ann@example.com", "right password");
    await vi.waitFor(() => expect(replace).toHaveBeenCalledWith("/overview"));
  });
});
