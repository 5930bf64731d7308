// Turns the export in web/out into what the server embeds: internal/webui/dist with the files, each once and compressed,
// and manifest.json, which says for every path what is sent and with which headers. internal/webui reads it.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const brotli = promisify(brotliCompress);
const root = fileURLToPath(new URL("../..", import.meta.url));
const out = join(root, "web", "out");
const dist = join(root, "internal", "webui", "dist");
const cache = join(root, "build", "web", "packed");

const types = {
  ".html": "text/html; charset=utf-8",
  ".txt": "text/plain; charset=utf-8", // what Next.js exports for navigation in the browser
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".ico": "image/x-icon",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
};
const packedAlready = new Set([".png", ".jpg", ".webp", ".woff2"]);

// Not packed: the page that Next.js exports twice, as it is answered with status 404 only, from 404.html; and Monaco's types.
const left = /^_not-found(\.|\/)|\.d\.ts$/;

// Files whose address changes with their content.
const immutable = /^(_next\/static|monaco\/[^/]+)\//;

// Above this many bytes the best compression takes a second for each file and saves some 5 %.
const large = 1_000_000;

const threads = 4; // of zlib in Node.js

/** policy returns the Content-Security-Policy of a page: its own inline scripts may run, and nothing from elsewhere. */
function policy(html) {
  const hashes = new Set();
  for (const [, attributes, body] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)) {
    if (!/\ssrc=/i.test(attributes)) {
      hashes.add(`'sha256-${createHash("sha256").update(body).digest("base64")}'`);
    }
  }
  return [
    "default-src 'none'",
    ["script-src 'self'", ...hashes].join(" "),
    "style-src 'self' 'unsafe-inline'", // Monaco and React set styles in elements
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:", // Monaco starts its workers from blobs that import a file of this server
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

/** compress returns body in Brotli's format, from the cache when it was compressed before. */
async function compress(body, digest) {
  const quality = body.length > large ? 9 : 11;
  const cached = join(cache, `${digest}-${quality}`);
  try {
    return await readFile(cached);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  const packed = await brotli(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  });
  await writeFile(`${cached}.partial`, packed);
  await rename(`${cached}.partial`, cached);
  return packed;
}

const stored = new Map(); // digest → promise of the encoding that its content was stored in

/** store writes content into folder under its digest, and returns the encoding it chose. The same content is written once. */
function store(body, digest, extension, folder) {
  if (!stored.has(digest)) {
    const write = async () => {
      const packed = packedAlready.has(extension) ? body : await compress(body, digest);
      const smaller = packed.length < body.length;
      await writeFile(join(folder, "files", digest), smaller ? packed : body);
      return smaller ? "br" : undefined;
    };
    stored.set(digest, write());
  }
  return stored.get(digest);
}

/** pack stores one file of the export into folder and returns its entry of the manifest. */
async function pack(path, folder) {
  const extension = extname(path);
  const type = types[extension];
  if (!type) throw new Error(`web/out/${path}: what is the content type of ${extension || "a file without extension"}? Add it to types in web/scripts/pack.mjs.`);
  const body = await readFile(join(out, path));
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 32);
  const encoding = await store(body, digest, extension, folder);
  return {
    file: `files/${digest}`,
    etag: digest,
    type,
    bytes: body.length,
    encoding, // left out of the manifest when the content is stored as it is
    ...(immutable.test(path) && { immutable: true }),
    ...(extension === ".html" && { csp: policy(body.toString("utf8")) }),
  };
}

async function main() {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .filter((path) => !left.test(path))
    .sort();
  const partial = join(root, "build", "web", "dist");
  await rm(partial, { recursive: true, force: true });
  await mkdir(join(partial, "files"), { recursive: true });
  await mkdir(cache, { recursive: true });

  const manifest = {};
  for (let start = 0; start < paths.length; start += threads) {
    const batch = paths.slice(start, start + threads);
    const files = await Promise.all(batch.map((path) => pack(path, partial)));
    batch.forEach((path, i) => (manifest[path] = files[i]));
  }
  await writeFile(join(partial, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  await rm(dist, { recursive: true, force: true });
  await rename(partial, dist);
  for (const name of await readdir(cache)) {
    if (!stored.has(name.split("-")[0])) await rm(join(cache, name)); // of an earlier build
  }
}

await main();
