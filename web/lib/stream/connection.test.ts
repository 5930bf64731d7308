import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { StreamEvent } from "@/lib/api/types";

import { openStream, type Connection } from "./connection";
import { executionStreamPath, liveStreamPath } from "./paths";

const session = vi.hoisted(() => ({ tokens: ["one", "two"], rejected: [] as (string | undefined)[], away: false }));
vi.mock("@/lib/session", () => ({
  accessToken: (rejected?: string) => {
    if (session.away) return Promise.reject(new Error("the server cannot be reached"));
    if (rejected !== undefined) {
      session.rejected.push(rejected);
      if (session.tokens[0] === rejected) session.tokens.shift();
    }
    return Promise.resolve(session.tokens[0] ?? null);
  },
  sessionState: () => ({ phase: "signed-in" }),
  subscribeSession: () => () => undefined,
}));
const plain = vi.hoisted(() => ({ status: 426 }));
vi.mock("@/lib/api/client", () => ({ statusOf: () => Promise.resolve(plain.status) }));

/** Stands for the browser's: the test plays the server. */
class Socket {
  static readonly OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  onopen: () => void = () => undefined;
  onmessage: (message: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    Socket.all.push(this);
  }
  close() {
    this.readyState = 3;
  }
  accept() {
    this.readyState = 1;
    this.onopen();
  }
  tell(event: Partial<StreamEvent>) {
    this.onmessage({ data: JSON.stringify({ execution_id: "exe_1", function_id: "fn_1", function_name: "f", ...event }) });
  }
  end(code: number) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

const log = (seq: number, cursor?: string): Partial<StreamEvent> => ({ type: "log", seq, time: "t", stream: "stdout", text: "x", cursor });
const latest = () => {
  const socket = Socket.all.at(-1);
  if (!socket) throw new Error("no socket was opened");
  return socket;
};

let told: StreamEvent[];
let states: Connection[];
let gaps: number;
let stream: { close: () => void };

const open = async (path: (seen: StreamEvent | null) => string) => {
  stream = openStream({ path, onEvents: (events) => told.push(...events), onConnection: (state) => states.push(state), onGap: () => gaps++ });
  await vi.advanceTimersByTimeAsync(0);
};
const followExecution = () => open((seen) => executionStreamPath("exe_1", seen?.seq ?? 0));
const followAll = () => open((seen) => liveStreamPath(null, seen));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.all = [];
  [told, states, gaps] = [[], [], 0];
  session.tokens = ["one", "two"];
  session.rejected = [];
  session.away = false;
  plain.status = 426;
});
afterEach(() => {
  stream.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a stream", () => {
  it("sends its token beside the protocol and not in the address", async () => {
    await followExecution();
    expect(latest().protocols).toEqual(["voltrun.v1", "bearer.one"]);
    expect(latest().url).toMatch(/^wss?:\/\/[^?]+\/api\/executions\/exe_1\/stream\?after=0$/);
  });

  it("comes back after the last line it was told, and tells what it had gathered", async () => {
    await followExecution();
    latest().accept();
    latest().tell(log(1));
    latest().tell(log(2));
    latest().tell({ type: "status", status: "running" });
    latest().end(1001);
    expect(told.map((event) => event.type)).toEqual(["log", "log", "status"]);
    expect(states.at(-1)).toBe("interrupted");
    await vi.advanceTimersByTimeAsync(600);
    expect(latest().url).toContain("after=2");
    latest().accept();
    expect(states).toEqual(["connecting", "live", "interrupted", "live"]);
    expect(gaps).toBe(0);
  });

  it("gets another token when its own is not valid any more", async () => {
    await followExecution();
    latest().accept();
    latest().tell(log(7));
    latest().end(4401);
    await vi.advanceTimersByTimeAsync(0);
    expect(session.rejected).toEqual(["one"]);
    expect(latest().protocols).toContain("bearer.two");
    expect(latest().url).toContain("after=7");
  });

  it("is over when the execution has ended", async () => {
    await followExecution();
    latest().accept();
    latest().tell(log(1));
    latest().end(1000);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(Socket.all).toHaveLength(1);
    expect(told).toHaveLength(1);
    expect(states.at(-1)).toBe("ended");
  });

  it("waits longer after each failure, and comes back at once with the network", async () => {
    await followAll();
    for (let i = 0; i < 6; i++) {
      latest().end(1006);
      await vi.advanceTimersByTimeAsync(20_000);
    }
    const opened = Socket.all.length;
    latest().end(1006);
    await vi.advanceTimersByTimeAsync(5000);
    expect(Socket.all).toHaveLength(opened);
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(Socket.all).toHaveLength(opened + 1);
  });

  it("says that something is missing when it broke before it had a place", async () => {
    await followAll();
    latest().accept();
    latest().end(1001);
    await vi.advanceTimersByTimeAsync(600);
    latest().accept();
    expect(gaps).toBe(1);
  });

  it("gives up its place when a server that is there will not go on there", async () => {
    await followAll();
    latest().accept();
    latest().tell(log(1, "worn-out"));
    latest().end(1001);
    await vi.advanceTimersByTimeAsync(600);
    expect(latest().url).toContain("cursor=worn-out");
    for (let i = 0; i < 6; i++) {
      latest().end(1006);
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(latest().url).not.toContain("cursor");
    latest().accept();
    expect(gaps).toBe(1);
  });

  it("keeps its place while the server is away", async () => {
    await followAll();
    latest().accept();
    latest().tell(log(1, "here"));
    plain.status = 0;
    for (let i = 0; i < 10; i++) {
      latest().end(1006);
      await vi.advanceTimersByTimeAsync(20_000);
    }
    session.away = true;
    latest().end(1006);
    await vi.advanceTimersByTimeAsync(40_000);
    session.away = false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(latest().url).toContain("cursor=here");
    expect(gaps).toBe(0);
  });

  it("is not heard any more once it was closed", async () => {
    await followAll();
    const socket = latest();
    socket.accept();
    stream.close();
    socket.tell(log(1));
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([]);
    expect(Socket.all).toHaveLength(1);
  });
});
