import { beforeEach, describe, expect, it } from "vitest";

import { forgetSession, restoreSession } from "@/lib/session";

import { FormDrafts } from "./form-drafts";

interface Draft {
  shown: string;
  hidden: string;
}

const parse = (stored: unknown): Draft | null => (typeof stored === "object" && stored !== null && "shown" in stored ? { shown: String(stored.shown), hidden: "" } : null);
const make = () => new FormDrafts<Draft>("test", parse, ({ shown }) => ({ shown }));

describe("FormDrafts", () => {
  beforeEach(() => sessionStorage.clear());

  it("gives back what was kept, and after a reload what may be stored", () => {
    const drafts = make();
    drafts.keep("fn_a", { shown: "a", hidden: "secret" });
    expect(drafts.find("fn_a")).toEqual({ shown: "a", hidden: "secret" });
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("secret");
    expect(make().find("fn_a")).toEqual({ shown: "a", hidden: "" });
    expect(drafts.find("fn_b")).toBeNull();
  });

  it("has nothing of it once dropped", () => {
    const drafts = make();
    drafts.keep("fn_a", { shown: "a", hidden: "" });
    drafts.drop("fn_a");
    expect(drafts.find("fn_a")).toBeNull();
    expect(make().find("fn_a")).toBeNull();
  });

  it("has after a reload what was kept before the session ran out", async () => {
    make().keep("fn_a", { shown: "a", hidden: "" });
    const drafts = make();
    await restoreSession(); // nobody is signed in
    expect(drafts.find("fn_a")).toEqual({ shown: "a", hidden: "" });
  });

  it("has nothing once somebody has signed out", () => {
    const drafts = make();
    drafts.keep("fn_a", { shown: "a", hidden: "" });
    forgetSession();
    expect(drafts.find("fn_a")).toBeNull();
    expect(sessionStorage).toHaveLength(0);
  });

  it.each(["", "{", "null", "[1]"])("leaves %j alone", (text) => {
    sessionStorage.setItem("voltrun.form.test.fn_a", text);
    expect(make().find("fn_a")).toBeNull();
  });
});
