/**
 * The types that JavaScript is checked and completed with: the handler's contract, the globals of Node.js and the
 * modules that functions use most. Other built-in modules may be imported and are `any`.
 */
export const nodeTypes = `
/** What a handler's second argument holds. */
interface Context {
  /** Milliseconds left until the function's timeout. */
  getRemainingTimeInMillis(): number;
  /** The id of this execution. */
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
  readonly invokedFunctionArn: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}
/** A function that VoltRun calls once for every execution. Write /** @type {Handler} *\\/ before it to have its parameters typed. */
type Handler<Event = any, Result = any> = (event: Event, context: Context) => Result | Promise<Result>;

interface Console {
  log(...data: any[]): void;
  info(...data: any[]): void;
  warn(...data: any[]): void;
  error(...data: any[]): void;
  debug(...data: any[]): void;
  trace(...data: any[]): void;
  table(data: any): void;
  time(label?: string): void;
  timeEnd(label?: string): void;
}
declare var console: Console;

declare namespace NodeJS {
  interface Timeout { ref(): this; unref(): this; hasRef(): boolean; refresh(): this }
  interface Process {
    /** The environment: what is set under Environment, variables and secrets. */
    readonly env: Record<string, string | undefined>;
    readonly argv: string[];
    readonly version: string;
    readonly versions: Record<string, string>;
    readonly platform: string;
    readonly arch: string;
    readonly pid: number;
    cwd(): string;
    uptime(): number;
    exit(code?: number): never;
    memoryUsage(): { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number };
    readonly hrtime: { (): [number, number]; bigint(): bigint };
    nextTick(callback: (...args: any[]) => void, ...args: any[]): void;
    on(event: string, listener: (...args: any[]) => void): this;
    readonly stdout: { write(text: string | Uint8Array): boolean };
    readonly stderr: { write(text: string | Uint8Array): boolean };
  }
}
declare var process: NodeJS.Process;
declare var globalThis: typeof globalThis;
declare function setTimeout(callback: (...args: any[]) => void, ms?: number, ...args: any[]): NodeJS.Timeout;
declare function clearTimeout(timer?: NodeJS.Timeout): void;
declare function setInterval(callback: (...args: any[]) => void, ms?: number, ...args: any[]): NodeJS.Timeout;
declare function clearInterval(timer?: NodeJS.Timeout): void;
declare function setImmediate(callback: (...args: any[]) => void, ...args: any[]): any;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T): T;
declare function atob(text: string): string;
declare function btoa(text: string): string;

interface Buffer extends Uint8Array {
  toString(encoding?: BufferEncoding, start?: number, end?: number): string;
  equals(other: Uint8Array): boolean;
  slice(start?: number, end?: number): Buffer;
  write(text: string, offset?: number): number;
  toJSON(): { type: "Buffer"; data: number[] };
}
type BufferEncoding = "utf8" | "utf-8" | "base64" | "base64url" | "hex" | "ascii" | "latin1" | "utf16le";
declare var Buffer: {
  from(data: string, encoding?: BufferEncoding): Buffer;
  from(data: ArrayLike<number> | ArrayBuffer | Iterable<number>): Buffer;
  alloc(size: number, fill?: number | string): Buffer;
  concat(list: readonly Uint8Array[], length?: number): Buffer;
  byteLength(text: string, encoding?: BufferEncoding): number;
  isBuffer(value: any): value is Buffer;
};
declare class URL {
  constructor(url: string, base?: string | URL);
  hash: string; host: string; hostname: string; href: string; pathname: string; port: string; protocol: string; search: string;
  readonly origin: string;
  readonly searchParams: URLSearchParams;
  toString(): string;
}
declare class URLSearchParams {
  constructor(init?: string | Record<string, string> | [string, string][]);
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
  delete(name: string): void;
  entries(): IterableIterator<[string, string]>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
  toString(): string;
}
declare class TextEncoder { encode(text?: string): Uint8Array }
declare class TextDecoder { constructor(encoding?: string); decode(data?: ArrayBuffer | Uint8Array): string }
declare class AbortController { readonly signal: AbortSignal; abort(reason?: any): void }
declare class AbortSignal { readonly aborted: boolean; readonly reason: any; static timeout(ms: number): AbortSignal; addEventListener(type: string, listener: () => void): void }
declare var performance: { now(): number; timeOrigin: number };
declare var crypto: { randomUUID(): string; getRandomValues<T extends ArrayBufferView>(array: T): T; subtle: any };
declare function fetch(url: string | URL, options?: any): Promise<any>;

declare function require(id: string): any;
declare var module: { exports: any };
declare var exports: any;
declare var __dirname: string;
declare var __filename: string;
interface ImportMeta { url: string; dirname: string; filename: string }

declare module "node:crypto" {
  interface Hash { update(data: string | Uint8Array): this; digest(): Buffer; digest(encoding: BufferEncoding): string }
  export function createHash(algorithm: string): Hash;
  export function createHmac(algorithm: string, key: string | Uint8Array): Hash;
  export function randomBytes(size: number): Buffer;
  export function randomInt(max: number): number;
  export function randomInt(min: number, max: number): number;
  export function randomUUID(): string;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
  export function scryptSync(password: string, salt: string | Uint8Array, length: number): Buffer;
  export function pbkdf2Sync(password: string, salt: string | Uint8Array, iterations: number, length: number, digest: string): Buffer;
  export function createCipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array): any;
  export function createDecipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array): any;
}
declare module "node:fs" {
  export function readFileSync(path: string | URL): Buffer;
  export function readFileSync(path: string | URL, encoding: BufferEncoding): string;
  export function writeFileSync(path: string | URL, data: string | Uint8Array): void;
  export function existsSync(path: string | URL): boolean;
  export function readdirSync(path: string | URL): string[];
  export function mkdirSync(path: string | URL, options?: { recursive?: boolean }): string | undefined;
  export function rmSync(path: string | URL, options?: { recursive?: boolean; force?: boolean }): void;
  export function statSync(path: string | URL): { size: number; mtime: Date; isFile(): boolean; isDirectory(): boolean };
  export function createReadStream(path: string | URL): any;
  export function createWriteStream(path: string | URL): any;
  export const promises: typeof import("node:fs/promises");
}
declare module "node:fs/promises" {
  export function readFile(path: string | URL): Promise<Buffer>;
  export function readFile(path: string | URL, encoding: BufferEncoding): Promise<string>;
  export function writeFile(path: string | URL, data: string | Uint8Array): Promise<void>;
  export function readdir(path: string | URL): Promise<string[]>;
  export function mkdir(path: string | URL, options?: { recursive?: boolean }): Promise<string | undefined>;
  export function rm(path: string | URL, options?: { recursive?: boolean; force?: boolean }): Promise<void>;
  export function stat(path: string | URL): Promise<{ size: number; mtime: Date; isFile(): boolean; isDirectory(): boolean }>;
}
declare module "node:path" {
  export function join(...parts: string[]): string;
  export function resolve(...parts: string[]): string;
  export function basename(path: string, suffix?: string): string;
  export function dirname(path: string): string;
  export function extname(path: string): string;
  export const sep: string;
}
declare module "node:util" {
  export function inspect(value: any, options?: any): string;
  export function format(format: string, ...args: any[]): string;
  export function promisify(fn: (...args: any[]) => any): (...args: any[]) => Promise<any>;
}
declare module "node:url" {
  export { URL, URLSearchParams };
  export function fileURLToPath(url: string | URL): string;
  export function pathToFileURL(path: string): URL;
}
declare module "node:events" {
  export class EventEmitter {
    on(event: string, listener: (...args: any[]) => void): this;
    once(event: string, listener: (...args: any[]) => void): this;
    off(event: string, listener: (...args: any[]) => void): this;
    emit(event: string, ...args: any[]): boolean;
  }
  export function once(emitter: EventEmitter, event: string): Promise<any[]>;
}
declare module "node:timers/promises" {
  export function setTimeout<T = void>(ms?: number, value?: T, options?: { signal?: AbortSignal }): Promise<T>;
  export function setImmediate<T = void>(value?: T): Promise<T>;
}
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> { run<R>(store: T, callback: () => R): R; getStore(): T | undefined }
}
declare module "node:perf_hooks" { export { performance } }
declare module "node:assert" { function assert(value: any, message?: string): void; export default assert }
declare module "crypto" { export * from "node:crypto" }
declare module "fs" { export * from "node:fs" }
declare module "fs/promises" { export * from "node:fs/promises" }
declare module "path" { export * from "node:path" }
declare module "util" { export * from "node:util" }
declare module "url" { export * from "node:url" }
declare module "events" { export * from "node:events" }
declare module "node:buffer";
declare module "node:child_process";
declare module "node:os";
declare module "node:process";
declare module "node:querystring";
declare module "node:readline";
declare module "node:stream";
declare module "node:stream/promises";
declare module "node:string_decoder";
declare module "node:worker_threads";
declare module "node:zlib";
declare module "buffer";
declare module "child_process";
declare module "os";
declare module "stream";
declare module "zlib";
`;
