import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { type ServerProcess, spawnTestServer, TestClient } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytes, MIB, openChat } from "./fixtures/files.ts";
import { startUpload } from "./fixtures/streamed-upload.ts";

const AT_ONCE = 20;
const SIZE = 50 * MIB;
const CHUNK = bytes(256 * 1024);
const ALLOWED = 128 * MIB;

let server: ServerProcess;
let alice: TestClient;
let chatId: number;
let fileId: number;
let before: number;

beforeAll(async () => {
  server = await spawnTestServer();
  alice = await TestClient.register(server);
  chatId = await openChat(alice, "group", []);
  // What one upload and one download load and compile is no growth.
  fileId = await upload(SIZE);
  await download();
  before = await memory("VmRSS");
});

afterAll(() => server[Symbol.asyncDispose]());

const atOnce = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: AT_ONCE }, work));

test("twenty uploads of 50 MiB at once take less than 128 MiB of memory", { timeout: 300_000 }, async () => {
  await atOnce(() => upload(SIZE));
  expect((await memory("VmHWM")) - before).toBeLessThan(ALLOWED);
});

test("so do twenty downloads", { timeout: 300_000 }, async () => {
  expect(await atOnce(download)).toEqual(Array(AT_ONCE).fill(SIZE));
  expect((await memory("VmHWM")) - before).toBeLessThan(ALLOWED);
});

/** @returns the file's id. */
async function upload(size: number): Promise<number> {
  const { send, finish, answer } = startUpload(alice, chatId, size);
  for (let sent = 0; sent < size; sent += CHUNK.length) await send(CHUNK);
  finish();
  const chunks: Buffer[] = await (await answer).toArray();
  return JSON.parse(Buffer.concat(chunks).toString()).file_id;
}

/** @returns how many octets came. */
async function download(): Promise<number> {
  const headers = { authorization: `Bearer ${alice.token}` };
  const request = get(`${server.url}/media/${fileId}`, { agent: false, headers });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  let size = 0;
  for await (const chunk of answer) size += chunk.length;
  return size;
}

/** Octets of a process that are resident now, or were at most since its start. */
async function memory(what: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
}
