import { sessionState, subscribeSession } from "@/lib/session";

const prefix = "voltrun.form.";

/**
 * What was typed into one of a function's forms and not saved. Whatever way one leaves the page, it is there again on
 * return, until the tab is closed or somebody signs out. Memory has it whole; the tab's storage, which a reload
 * survives, has what may lie there in readable form.
 */
export class FormDrafts<Draft> {
  private readonly whole = new Map<string, Draft>();

  /** `parse` reads what `storable` made of a draft, or gives null for what an older dashboard left behind. */
  constructor(
    private readonly form: string,
    private readonly parse: (stored: unknown) => Draft | null,
    private readonly storable: (draft: Draft) => unknown = (draft) => draft,
  ) {
    subscribeSession(() => {
      if (sessionState().phase === "signed-out") this.whole.clear(); // the tab's storage goes when somebody signs out, not when a session ran out
    });
  }

  find(functionId: string): Draft | null {
    return this.whole.get(functionId) ?? this.stored(functionId);
  }

  keep(functionId: string, draft: Draft): void {
    this.whole.set(functionId, draft);
    try {
      sessionStorage.setItem(this.key(functionId), JSON.stringify(this.storable(draft)));
    } catch {
      sessionStorage.removeItem(this.key(functionId)); // no room: it lives in memory, and a reload is asked about
    }
  }

  drop(functionId: string): void {
    this.whole.delete(functionId);
    sessionStorage.removeItem(this.key(functionId));
  }

  private stored(functionId: string): Draft | null {
    try {
      return this.parse(JSON.parse(sessionStorage.getItem(this.key(functionId)) ?? "null"));
    } catch {
      return null; // not JSON, so not ours
    }
  }

  private key(functionId: string): string {
    return `${prefix}${this.form}.${functionId}`;
  }
}
