/** One thing that is wrong with a request, and where: body.name, query.from. */
export interface FieldProblem {
  location: string;
  message: string;
}

/** The server's problem+json, or what stands for it when there was no answer. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly requestId: string | null = null,
    readonly errors: FieldProblem[] = [],
    /** Seconds to wait before the next try, where the server says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(detail);
  }

  /** Whether trying again may help without anything being changed. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** What is wrong with one field of the request's body, if anything. */
  fieldMessage(name: string): string | undefined {
    return this.errors.find((e) => e.location === `body.${name}` || e.location.startsWith(`body.${name}.`))?.message;
  }
}

interface Problem {
  detail?: string;
  title?: string;
  code?: string;
  request_id?: string;
  errors?: FieldProblem[] | null;
}

/** Reads an answer that is not 2xx. `body` is what was decoded of it, if that was possible. */
export function problemOf(response: Response, body: unknown): ApiError {
  const problem: Problem = typeof body === "object" && body !== null ? body : {};
  const wait = Number(response.headers.get("Retry-After") ?? NaN);
  return new ApiError(
    response.status,
    problem.code ?? "internal",
    sentence(problem.detail ?? problem.title ?? `The server answered ${response.status}`),
    problem.request_id ?? response.headers.get("X-Request-Id"),
    problem.errors ?? [],
    Number.isFinite(wait) ? wait : null,
  );
}

/** No answer came at all. */
export function unreachable(): ApiError {
  return new ApiError(0, "unreachable", "The server cannot be reached. It may be restarting, or the network is down.");
}

/**
 * A message as people read it. Programs join the server's messages to longer ones, so that they begin small and end without a
 * full stop. What begins with a name in code, such as memory_mb or lib/a.js, keeps it.
 */
export function sentence(message: string): string {
  const text = message.trim();
  const begun = /^[a-z][a-z'-]*(?=[\s,;:]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return begun === "" || /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** What to tell a person about anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
