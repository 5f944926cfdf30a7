import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { encodeForm, startTestServer, type TestClient, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bytes, filesOnDisk, KIB, MIB, mediaFolder, openFilesBelow, uploaders } from "./fixtures/files.ts";
import { startUpload } from "./fixtures/streamed-upload.ts";

// Hundreds of MiB on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;
let alice: TestClient;
let chatId: number;

beforeAll(async () => {
  server = await startTestServer();
  ({ alice, chatId } = await uploaders(server));
});

afterAll(() => server.close());

/** Sends so many octets of an upload on a connection of its own and breaks it off. */
async function cutOff(octets: Uint8Array, how: "end" | "reset"): Promise<void> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  await new Promise((sent) => socket.write(octets, sent));
  if (how === "reset") socket.resetAndDestroy();
  else socket.end();
  if (!socket.closed) await once(socket, "close");
}

function uploadRequest(size: number): Buffer {
  const parts = [
    { name: "chat_id", content: String(chatId) },
    { name: "file", content: bytes(size), filename: "cut.bin" },
    { name: "filename", content: "cut-off.bin" },
  ];
  const { body, headers } = encodeForm(parts);
  const head = [
    "POST /media HTTP/1.1",
    `Host: ${new URL(server.url).host}`,
    `Authorization: Bearer ${alice.token}`,
    `Content-Type: ${headers["content-type"]}`,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

test("an upload that is cut off anywhere leaves nothing", async () => {
  const request = uploadRequest(200 * KIB);
  const cuts = fc.tuple(
    fc.oneof(
      fc.integer({ min: 0, max: request.length - 1 }),
      fc.integer({ min: 0, max: 1500 }),
      fc.integer({ min: request.length - 400, max: request.length - 1 }),
    ),
    fc.constantFrom("end" as const, "reset" as const),
  );
  await fc.assert(
    fc.asyncProperty(cuts, ([length, how]) => cutOff(request.subarray(0, length), how)),
    { numRuns: 60 },
  );
  await expect.poll(() => filesOnDisk(server), { timeout: 10_000 }).toEqual([]);
  expect(await server.sql`SELECT 1 FROM files`).toHaveLength(0);
  expect(await server.sql`SELECT 1 FROM released_blobs`).toHaveLength(0);
  expect(await openFilesBelow(mediaFolder(server))).toBe(0);
});

test("a server that stops during an upload leaves nothing of it", async () => {
  await using stopping = await startTestServer();
  const { alice, chatId } = await uploaders(stopping);
  const upload = startUpload(alice, chatId, 10 * MIB);
  upload.request.on("error", () => undefined);
  await upload.send(bytes(MIB));
  await expect.poll(() => filesOnDisk(stopping)).toHaveLength(1);
  await stopping.close();
  expect(await filesOnDisk(stopping)).toEqual([]);
});

test("a reader who is gone in the middle leaves no file open", async () => {
  const { file_id } = await alice.upload(chatId, bytes(50 * MIB));
  const readers = await Promise.all(Array.from({ length: 5 }, () => startReading(file_id)));
  expect(await openFilesBelow(mediaFolder(server))).toBe(5);
  for (const reader of readers) reader.destroy();
  await expect.poll(() => openFilesBelow(mediaFolder(server)), { timeout: 10_000 }).toBe(0);
  await alice.get(`/media/${file_id}`, { expectStatus: 200 });
});

test("nor does one who is gone at once, or soon", async () => {
  const { file_id } = await alice.upload(chatId, bytes(MIB));
  const octets = Buffer.from(
    `GET /media/${file_id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${alice.token}\r\n\r\n`,
  );
  for (const how of ["end", "reset"] as const)
    await Promise.all(Array.from({ length: 20 }, () => cutOff(octets, how)));
  await alice.get(`/media/${file_id}`, { expectStatus: 200 });
  await expect.poll(() => openFilesBelow(mediaFolder(server)), { timeout: 10_000 }).toBe(0);
});

/** Reads the beginning of a file, and then no more. */
async function startReading(fileId: number): Promise<IncomingMessage> {
  const request = get(`${server.url}/media/${fileId}`, {
    agent: false,
    headers: { authorization: `Bearer ${alice.token}` },
  });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  await once(answer, "readable");
  return answer;
}
