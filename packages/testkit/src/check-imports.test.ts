import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../../scripts/check-imports.mjs", import.meta.url));

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tacit-imports-"));
});

afterEach(() => rm(root, { recursive: true }));

async function check(files: Record<string, string>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return await new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, root], (error, _, problems) =>
      resolve(error ? problems : "nothing wrong"),
    );
  });
}

const SERVER = "packages/server/src";

test.each([
  ["a handler calls its service", { [`${SERVER}/chats/routes.ts`]: 'import { a } from "./service.ts";' }],
  ["a service calls another", { [`${SERVER}/chats/service.ts`]: 'import { a } from "../users/service.ts";' }],
  ["a test boots the system", { [`${SERVER}/chats/chats.test.ts`]: 'import { a } from "@tacit/testkit";' }],
  [
    "a frame handler has the gateway's shape",
    { [`${SERVER}/chats/frames.ts`]: 'import type { A } from "../gateway/a.ts";' },
  ],
])("%s: allowed", async (_, files: Record<string, string>) => {
  expect(await check(files)).toBe("nothing wrong");
});

test.each([
  ["the protocol knows the server", "packages/protocol/src/a.ts", 'import { a } from "@tacit/server";'],
  ["the server knows the testkit", `${SERVER}/a.ts`, 'import { a } from "@tacit/testkit";'],
  ["the server knows the client", `${SERVER}/a.ts`, 'import type { A } from "@tacit/client";'],
  ["the client knows the server", "packages/client/src/a.ts", 'export * from "@tacit/server/db/database";'],
  ["the web app passes the client by", "packages/web/src/a.tsx", 'import { a } from "@tacit/protocol";'],
  ["a package is entered by the back door", "packages/client/src/a.ts", 'import "../../server/src/a.ts";'],
  [
    "a service reads another's store",
    `${SERVER}/chats/service.ts`,
    'import {\n  a,\n} from "../users/store.ts";',
  ],
  ["the gateway knows a domain", `${SERVER}/gateway/a.ts`, 'import type { A } from "../chats/service.ts";'],
  ["a domain calls the gateway", `${SERVER}/chats/service.ts`, 'import { a } from "../gateway/a.ts";'],
  ["the database knows a domain", `${SERVER}/db/a.ts`, 'const a = await import("../chats/service.ts");'],
  ["a domain knows the composition", `${SERVER}/chats/service.ts`, 'import { a } from "../app.ts";'],
  ["a service knows Fastify", `${SERVER}/chats/service.ts`, 'import type { A } from "fastify";'],
  ["a service knows WebSockets", `${SERVER}/chats/service.ts`, 'import { WebSocket } from "ws";'],
  ["a store passes the pool by", `${SERVER}/chats/store.ts`, 'import postgres from "postgres";'],
])("%s: refused", async (_, file, text) => {
  expect(await check({ [file]: text })).toContain(file);
});

test("a cycle is refused, unless it is one of types alone", async () => {
  const cycle = {
    "packages/client/src/a.ts": 'import { b } from "./b.ts";',
    "packages/client/src/b.ts": 'export * from "./a.ts";',
  };
  expect(await check(cycle)).toContain("cycle: packages/client/src/a.ts -> packages/client/src/b.ts");
  expect(await check({ ...cycle, "packages/client/src/b.ts": 'import type { a } from "./a.ts";' })).toBe(
    "nothing wrong",
  );
});

test("a folder without sources is not taken for a clean one", async () => {
  expect(await check({})).toContain("no sources");
});
