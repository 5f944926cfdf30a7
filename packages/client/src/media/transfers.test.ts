import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { toBase64, utf8 } from "../crypto/primitives/octets.ts";
import { createApi } from "../transport/api.ts";
import { createSession } from "../transport/session.ts";
import { octetsOf } from "./collect.ts";
import { digestOf, MIB, newSender, octetsOfSize, type Sender, uploaded } from "./fixtures/transfers.ts";
import { createMedia } from "./media.ts";
import type { OutgoingFile } from "./outgoing-file.ts";
import type { SpoolOptions } from "./spool.ts";

let server: TestServer;
let alice: Sender;
const key = newMessageKey();
const MOST = 64 * MIB;

beforeAll(async () => {
  server = await startTestServer();
  alice = await newSender(server);
});

afterAll(() => server.close());

async function sent(file: OutgoingFile, options?: SpoolOptions, messageKey: Uint8Array | undefined = key) {
  const spooled = await alice.media.spool(file, messageKey, options);
  return uploaded(spooled, await alice.media.upload(alice.chatId, spooled));
}

it.each([0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB + 7])(
  "a file of %i octets arrives as it was sent",
  async (size) => {
    const octets = octetsOfSize(size);
    const progress: number[] = [];
    const attachment = await sent(octets);
    const pieces = alice.media.download(attachment, toBase64(key), {
      onProgress: (done) => progress.push(done),
    });
    const received = await octetsOf(pieces, MOST);
    expect(received.length).toBe(size);
    expect(digestOf(received)).toBe(digestOf(octets));
    expect(progress.at(-1)).toBe(size);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(attachment).toMatchObject({ size, metadata: { size, filename: "file" } });
  },
);

it("a large file arrives in one piece for somebody whose client cannot read chunks", async () => {
  const octets = octetsOfSize(3 * MIB + 1);
  const attachment = await sent(new File([octets], "holiday.mov"), { whole: true });
  expect(attachment.metadata).toMatchObject({
    filename: "holiday.mov",
    mimetype: "video/quicktime",
    nonce: expect.any(String),
  });
  const received = await octetsOf(alice.media.download(attachment, toBase64(key)), MOST);
  expect(digestOf(received)).toBe(digestOf(octets));
});

it("a file of a chat that is not encrypted arrives as it is", async () => {
  const spooled = await alice.media.spool(new File(["in the open"], "open.txt"), undefined);
  const attachment = uploaded(spooled, await alice.media.upload(alice.chatId, spooled));
  expect(attachment.metadata).toEqual({
    file_id: attachment.fileId,
    filename: "open.txt",
    mimetype: "text/plain",
    size: 11,
  });
  expect(await octetsOf(alice.media.download(attachment, undefined), MOST)).toEqual(utf8("in the open"));
});

it("what the server keeps is neither the file nor its name", async () => {
  const sentence = "The quick brown fox has a secret that nobody may know.";
  const name = "where-the-treasure-is.txt";
  const attachment = await sent(new File([sentence.repeat(40_000)], name));
  expect(attachment).toMatchObject({ name, mimetype: "text/plain" });
  const folder = server.config.dataDirectory;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect((await readFile(file)).includes(sentence.slice(0, 20)), file).toBe(false);
  const rows = await server.sql`SELECT filename, mimetype FROM files WHERE id = ${attachment.fileId}`;
  expect(rows).toEqual([{ filename: "file", mimetype: "application/octet-stream" }]);
});

it("a file in a message of an old client is read from the message itself", async () => {
  const spooled = await alice.media.spool(utf8("small"), key, { whole: true });
  const [ciphertext = new Uint8Array()] = [await alice.store.getPiece(spooled.id, 0)];
  const { attachment } = spooled;
  const old = { ...attachment, metadata: { ...attachment.metadata, enc_file: toBase64(ciphertext) } };
  expect(await octetsOf(alice.media.download(old, toBase64(key)), MOST)).toEqual(utf8("small"));
});

it("an access token that has run out is renewed, for an upload and for a download", async () => {
  const { client, http, store, chatId } = await newSender(server);
  const stale = () => {
    const { refreshToken = "", sessionId = "" } = client;
    const tokens = { accessToken: "run-out", expiresAt: Date.now() + 900_000, refreshToken, sessionId };
    const save = async (next: string) => {
      client.refreshToken = next;
    };
    const session = createSession({ http, tokens, save, onEnd: () => {} });
    return createMedia({ api: createApi({ http, session }), session, store });
  };
  const spooled = await stale().spool(utf8("after a while"), key);
  const attachment = uploaded(spooled, await stale().upload(chatId, spooled));
  expect(await octetsOf(stale().download(attachment, toBase64(key)), MOST)).toEqual(utf8("after a while"));
});

it("a file that is gone, or never was, is unknown", async () => {
  const attachment = await sent(utf8("gone"));
  const missing = { ...attachment, fileId: 9_007_199_254_740_000 };
  await expect(octetsOf(alice.media.download(missing, toBase64(key)), MOST)).rejects.toMatchObject({
    code: "unknown_file",
  });
});
