import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/lib/api/problem";
import type { CreateFunction, Func, Runtime } from "@/lib/api/types";

import { CreateForm } from "./create-form";
import { templateOf } from "./templates";

const push = vi.fn();
vi.mock("next/navigation", () => ({ useRouter: () => ({ push }) }));

const createFunction = vi.fn<(body: CreateFunction) => Promise<Pick<Func, "id">>>();
vi.mock("@/lib/data/functions", () => ({ createFunction: (body: CreateFunction) => createFunction(body) }));
const saveTestEvent = vi.fn<(id: string, name: string, input: unknown) => Promise<void>>();
vi.mock("@/lib/data/test-events", () => ({ saveTestEvent: (id: string, name: string, input: unknown) => saveTestEvent(id, name, input) }));

const node: Runtime = { id: "nodejs", language: "nodejs", name: "Node.js 22", version: "22.1.0", default_handler: "index.handler", default_file: "index.mjs", template: "export const handler = 1;" };

function show(template: string, taken: string[] = []) {
  render(<CreateForm template={templateOf(template)} runtime={node} runtimes={[node]} taken={taken} onTemplate={vi.fn()} onRuntime={vi.fn()} />);
  return { user: userEvent.setup(), name: screen.getByLabelText<HTMLInputElement>("Name"), create: screen.getByRole("button", { name: "Create function" }) };
}

describe("CreateForm", () => {
  beforeEach(() => {
    push.mockReset();
    createFunction.mockReset().mockResolvedValue({ id: "fn_1" });
    saveTestEvent.mockReset().mockResolvedValue();
  });

  it("suggests a name that is free and creates what is shown", async () => {
    const { user, name, create } = show("secrets", ["sign-payload"]);
    expect(name.value).toBe("sign-payload-2");
    await user.click(create);
    const body = createFunction.mock.calls[0]?.[0];
    expect(body).toMatchObject({ name: "sign-payload-2", runtime: "nodejs", code: templateOf("secrets").code?.nodejs });
    expect(body?.secrets?.SIGNING_KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(saveTestEvent).toHaveBeenCalledWith("fn_1", "example", templateOf("secrets").input);
    expect(push).toHaveBeenCalledWith("/functions/fn_1");
  });

  it("says what is wrong with a name while it is typed and does not send it", async () => {
    const { user, name, create } = show("blank");
    await user.clear(name);
    await user.type(name, "my function");
    expect(screen.getByRole("alert").textContent).toMatch(/Letters A to Z/);
    await user.click(create);
    expect(createFunction).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(name);
  });

  it("binds a name that is taken to its field until the name is another", async () => {
    createFunction.mockRejectedValueOnce(new ApiError(409, "conflict", "a function of this name exists"));
    const { user, name, create } = show("blank");
    await user.click(create);
    expect((await screen.findByRole("alert")).textContent).toMatch(/already have a function called hello/);
    expect(name.getAttribute("aria-invalid")).toBe("true");
    await user.type(name, "-2");
    expect(screen.queryByRole("alert")).toBeNull();
    await user.click(create);
    expect(push).toHaveBeenCalledOnce();
  });

  it("opens the function although its example could not be kept", async () => {
    saveTestEvent.mockRejectedValueOnce(new ApiError(503, "unavailable", "busy"));
    const { user, create } = show("blank");
    await user.click(create);
    expect(push).toHaveBeenCalledWith("/functions/fn_1");
  });
});
