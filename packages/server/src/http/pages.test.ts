import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { type HttpRequest, sendRequest, startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

const SCRIPT = "console.log('a script of the app');\n".repeat(50);

let folder: string;
let web: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tacit-pages-"));
  web = join(folder, "web");
  await mkdir(join(web, "assets"), { recursive: true });
  await Promise.all([
    writeFile(join(folder, "outside.txt"), "nobody's business"),
    writeFile(join(web, "index.html"), "<!doctype html><title>The app</title>"),
    writeFile(join(web, "sw.js"), "// service worker"),
    writeFile(join(web, ".built"), "by the build, for the build"),
    writeFile(join(web, "assets/app-1a2b.js"), SCRIPT),
    writeFile(join(web, "assets/app-1a2b.js.br"), brotliCompressSync(SCRIPT)),
    writeFile(join(web, "assets/app-1a2b.js.gz"), gzipSync(SCRIPT)),
    writeFile(join(web, "assets/app-1a2b.js.map"), "{}"),
  ]);
  server = await startTestServer({ webDirectory: web });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, more: Partial<HttpRequest> = {}) =>
  sendRequest(server.url, { method: "GET", path, ...more });

test("the server's address opens the app, which may load and call nothing but this server", async () => {
  const { status, headers, body } = await get("/");
  expect([status, String(body)]).toEqual([200, "<!doctype html><title>The app</title>"]);
  expect(headers["content-type"]).toMatch(/^text\/html/);
  expect(headers["content-security-policy"]?.toString().split(";")).toEqual([
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(headers).toMatchObject({
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": expect.stringContaining("microphone=(self)"),
  });
});

test("a new version is noticed at once, and what never changes is never asked for again", async () => {
  for (const path of ["/", "/sw.js"]) {
    const { headers } = await get(path);
    expect(headers["cache-control"]).toBe("no-cache");
    expect(headers.etag).toBeDefined();
    const again = await get(path, { headers: { "If-None-Match": String(headers.etag) } });
    expect(again.status).toBe(304);
  }
  const { headers } = await get("/assets/app-1a2b.js");
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
});

test("scripts come compressed to who understands it", async () => {
  const plain = await get("/assets/app-1a2b.js");
  expect([plain.headers["content-encoding"], String(plain.body)]).toEqual([undefined, SCRIPT]);
  expect(plain.headers.vary).toMatch(/\bAccept-Encoding\b/);
  for (const [encoding, decompress] of [
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ] as const) {
    const { headers, body } = await get("/assets/app-1a2b.js", { headers: { "Accept-Encoding": encoding } });
    expect(headers["content-encoding"]).toBe(encoding);
    expect(headers["content-type"]).toMatch(/javascript/);
    expect(body).toBeInstanceOf(Uint8Array);
    if (body instanceof Uint8Array) expect(decompress(body).toString()).toBe(SCRIPT);
  }
});

test("a build that comes while the server runs is served whole", async () => {
  await writeFile(join(web, "assets/app-3c4d.js"), "console.log('of the next version');");
  await writeFile(join(web, "index.html"), "<!doctype html><script src=/assets/app-3c4d.js></script>");
  expect(String((await get("/")).body)).toContain("app-3c4d.js");
  expect(String((await get("/assets/app-3c4d.js")).body)).toContain("of the next version");
});

test("HEAD is answered as GET is, without the page", async () => {
  const { status, headers, body } = await get("/", { method: "HEAD" });
  expect([status, body]).toEqual([200, undefined]);
  expect(headers["content-type"]).toMatch(/^text\/html/);
});

test("nothing but the app's own files is given out", async () => {
  for (const path of [
    "/../outside.txt",
    "/%2e%2e/outside.txt",
    "/assets/..%2f..%2foutside.txt",
    "/assets/%2e%2e%2f%2e%2e%2foutside.txt",
    "/assets",
    "/assets/",
    "/assets/app-1a2b.js.map",
    "/assets/app-1a2b.js.br",
    "/assets/app-9z9z.js",
    "/assets/%00",
    "/.built",
    "/assets/.built",
    "/chat/17",
  ]) {
    const { status, body } = await get(path);
    expect([path, status, body], path).toMatchObject([path, 404, { code: "not_found" }]);
  }
});

test("what the server answers itself is not taken for a page", async () => {
  expect((await get("/chats")).status).toBe(401);
  expect((await get("/health")).status).toBe(200);
});

test("without a built app, the server says that it is up", async () => {
  const bare = await startTestServer({ webDirectory: join(folder, "nowhere") });
  try {
    const { status, body } = await sendRequest(bare.url, { method: "GET", path: "/" });
    expect([status, String(body)]).toEqual([200, expect.stringContaining("This server is up.")]);
    expect(bare.logs.lines.join("\n")).toContain("no web app is there");
  } finally {
    await bare.close();
  }
});
