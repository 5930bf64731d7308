import { statusOf } from "@/lib/api/client";
import { accessToken, sessionState, subscribeSession } from "@/lib/session";
import type { StreamEvent } from "@/lib/api/types";

import { backoff } from "./backoff";

/**
 * How a stream stands: `connecting` for the first time, `live`, `interrupted` and coming back where it was, or `ended`
 * because there is nothing more to come.
 */
export type Connection = "connecting" | "live" | "interrupted" | "ended";

export interface StreamOptions {
  /** The address of the stream right after `seen`, the last event that says where the stream is; null at the start. */
  path: (seen: StreamEvent | null) => string;
  /** Events in order, in batches of what came within one frame or two. */
  onEvents: (events: StreamEvent[]) => void;
  onConnection: (connection: Connection) => void;
  /** The stream is back, but not where it was: it had no place yet, or the server would not go on there. What happened in between is missing. */
  onGap?: () => void;
}

/** Close codes of the server besides those of RFC 6455. */
const unauthenticated = 4401;
const ended = 1000;
/** How long events are gathered before they are handed on, in milliseconds: rendering every line by itself would not keep up. */
const gatherFor = 40;
/** A stream that was silent for this long while the page was hidden may be dead without the browser knowing, in milliseconds. */
const doubtAfter = 60_000;
/** After so many refusals by a server that answers otherwise, the place where the stream was is given up. */
const refusals = 6;

/**
 * Keeps a WebSocket to one of the server's streams. When it breaks it comes back where it was, so that nothing is
 * missed or told twice, waiting longer after each failure; at once when the network or the page comes back.
 */
export function openStream(options: StreamOptions): { close: () => void } {
  const stream = new Stream(options);
  stream.start();
  return { close: () => stream.stop() };
}

class Stream {
  private socket: WebSocket | null = null;
  private token: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private flushTimer: ReturnType<typeof setTimeout> | undefined;
  private gathered: StreamEvent[] = [];
  private seen: StreamEvent | null = null;
  private failures = 0;
  private refused = 0;
  private waiting = false;
  private wasOpen = false;
  private heardAt = 0;
  private stopped = false;
  private unsubscribe: () => void = () => undefined;
  /** Counts connections, so that what belongs to an older one is ignored. */
  private generation = 0;

  constructor(private readonly options: StreamOptions) {}

  start() {
    addEventListener("online", this.reconnect);
    document.addEventListener("visibilitychange", this.onVisibility);
    this.unsubscribe = subscribeSession(() => {
      if (this.waiting && sessionState().phase === "signed-in") this.reconnect();
    });
    this.options.onConnection("connecting");
    void this.connect();
  }

  stop() {
    if (this.stopped) return;
    this.stopped = true;
    this.generation++;
    removeEventListener("online", this.reconnect);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.unsubscribe();
    clearTimeout(this.timer);
    clearTimeout(this.flushTimer);
    this.socket?.close(ended);
    this.socket = null;
  }

  private async connect(rejected?: string) {
    const generation = ++this.generation;
    clearTimeout(this.timer);
    this.waiting = false;
    this.socket?.close(ended);
    this.socket = null;
    try {
      this.token = await accessToken(rejected);
    } catch {
      if (generation === this.generation) this.retry(); // the server is away: the stream shows that it is interrupted
      return;
    }
    if (generation !== this.generation) return;
    if (this.token === null) return this.retry(); // signed out; signing in again in place brings the stream back
    this.listen(new WebSocket(webSocketAddress(this.options.path(this.seen)), ["voltrun.v1", `bearer.${this.token}`]), generation);
  }

  private listen(socket: WebSocket, generation: number) {
    this.socket = socket;
    let opened = false;
    const mine = () => generation === this.generation;
    socket.onopen = () => {
      if (!mine()) return;
      opened = true;
      if (this.wasOpen && this.seen === null) this.options.onGap?.();
      this.wasOpen = true;
      this.refused = 0;
      this.heardAt = Date.now();
      this.options.onConnection("live");
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      if (mine()) this.receive(JSON.parse(message.data) as StreamEvent);
    };
    socket.onclose = (event) => {
      if (!mine()) return;
      this.socket = null;
      this.flush();
      if (event.code === ended) this.finish();
      else if (event.code === unauthenticated) void this.connect(this.token ?? undefined);
      else if (opened) this.retry();
      else void this.explain(generation);
    };
  }

  private receive(event: StreamEvent) {
    this.failures = 0;
    this.heardAt = Date.now();
    this.gathered.push(event);
    if (event.seq !== undefined || event.cursor !== undefined) this.seen = event;
    this.flushTimer ??= setTimeout(this.flush, gatherFor);
  }

  private readonly flush = () => {
    clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    if (this.gathered.length === 0) return;
    const events = this.gathered;
    this.gathered = [];
    this.options.onEvents(events);
  };

  private finish() {
    this.stop();
    this.options.onConnection("ended");
  }

  private retry() {
    this.options.onConnection("interrupted");
    clearTimeout(this.timer);
    this.waiting = true;
    this.timer = setTimeout(() => void this.connect(), backoff(this.failures++, Math.random()));
  }

  /** A browser does not tell why a handshake failed; a plain request for the same address does, and renews the token if it was that. */
  private async explain(generation: number) {
    this.options.onConnection("interrupted");
    const status = await statusOf(this.options.path(this.seen));
    if (generation !== this.generation) return;
    // Upgrade required: the server is there and would let us in, and yet did not.
    if (status === 426 && this.seen !== null && ++this.refused >= refusals) {
      this.refused = 0;
      this.seen = null;
    }
    this.retry();
  }

  private readonly reconnect = () => {
    this.failures = 0;
    void this.connect();
  };

  private readonly onVisibility = () => {
    if (document.hidden) return;
    const doubtful = this.socket?.readyState === WebSocket.OPEN && Date.now() - this.heardAt > doubtAfter;
    if (this.waiting || doubtful) this.reconnect();
  };
}

function webSocketAddress(path: string): string {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
