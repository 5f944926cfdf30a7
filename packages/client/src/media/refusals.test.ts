import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { startProxy, startTestServer, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { concat, toBase64, utf8 } from "../crypto/primitives/octets.ts";
import { createApi } from "../transport/api.ts";
import { createHttp } from "../transport/http.ts";
import { octetsOf } from "./collect.ts";
import {
  digestOf,
  MIB,
  newSender,
  octetsOfSize,
  type Sender,
  spoolRows,
  uploaded,
} from "./fixtures/transfers.ts";
import { createMedia } from "./media.ts";
import { spooledPieces } from "./spool.ts";

let server: TestServer;
let alice: Sender;
const key = newMessageKey();
const MOST = 64 * MIB;
const FILE = octetsOfSize(3 * MIB + 5);
const code = (of: string) => expect.objectContaining({ code: of });

beforeAll(async () => {
  server = await startTestServer();
  alice = await newSender(server);
});

afterAll(() => server.close());

/** Alice's device, with another way to the server. */
function throughPort(
  port: number,
  options: { patience?: number; delays?: number[]; fetch?: typeof fetch } = {},
) {
  const { fetch: ownFetch, ...rest } = options;
  const http = createHttp({ server: `http://127.0.0.1:${port}`, ...(ownFetch && { fetch: ownFetch }) });
  const { session, store } = alice;
  return createMedia({ api: createApi({ http, session }), session, store, ...rest });
}

const portOf = ({ url }: TestServer) => Number(new URL(url).port);

async function collected(pieces: AsyncIterable<Uint8Array>) {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

it.each([
  ["fewer octets than announced", [FILE.subarray(1)]],
  ["no octets at all", []],
  ["more octets than announced", [FILE, FILE]],
  ["one octet more than announced", [FILE, new Uint8Array(1)]],
])("a file that gives %s is refused, and nothing is left of it", async (_, parts) => {
  for (const messageKey of [key, undefined]) {
    const file = { size: FILE.length, stream: () => parts };
    await expect(alice.media.spool(file, messageKey)).rejects.toEqual(code("file_changed"));
  }
  expect(await spoolRows(alice.store)).toEqual([]);
});

it("a file that can no longer be read is refused without a word about where it was", async () => {
  async function* broken() {
    yield FILE.subarray(0, MIB);
    throw new Error("EIO: /home/alice/diary.txt");
  }
  const failure = await alice.media.spool({ size: FILE.length, stream: broken }, key).catch((error) => error);
  expect(failure).toMatchObject({ code: "file_changed" });
  expect(`${failure.stack} ${failure.cause}`).not.toContain("diary");
  expect(await spoolRows(alice.store)).toEqual([]);
});

it.each([
  ["50 MiB", 50 * MIB, { key, whole: false }],
  ["one octet more than 50 MiB, in the open", 50 * MIB + 1, { key: undefined, whole: false }],
  ["more than 25 MiB for an old client", 25 * MIB + 1, { key, whole: true }],
])("a file of %s is refused before it is read", async (_, size, options) => {
  const file = {
    size,
    stream: () => {
      throw new Error("it was read");
    },
  };
  await expect(alice.media.spool(file, options.key, { whole: options.whole })).rejects.toEqual(
    code("file_too_large"),
  );
});

it("an empty file is no file in a chat that is not encrypted", async () => {
  await expect(alice.media.spool(new Blob([]), undefined)).rejects.toEqual(code("not_possible"));
});

it("whenever a spooling is cancelled, it says why and leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.boolean(), async (turns, whole) => {
      const stopping = new AbortController();
      const reason = new Error("changed my mind");
      const spooling = alice.media.spool(FILE, key, { signal: stopping.signal, whole });
      const outcome = spooling.then(
        (file) => alice.media.discard(file).then(() => "done"),
        (error) => error,
      );
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      stopping.abort(reason);
      expect(["done", reason]).toContain(await outcome);
      expect(await spoolRows(alice.store)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

it("a spooling can be cancelled while its source gives nothing", async () => {
  const stopping = new AbortController();
  let asked = () => {};
  const waiting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const pull = async () => {
    asked();
    await new Promise(() => {});
  };
  const silent = new ReadableStream<Uint8Array>({ pull });
  const spooling = alice.media.spool({ size: 5, stream: () => silent }, key, { signal: stopping.signal });
  await waiting;
  stopping.abort("enough");
  await expect(spooling).rejects.toBe("enough");
  expect(await spoolRows(alice.store)).toEqual([]);
});

it("whenever an upload is cancelled, it says why, and the file can be uploaded again", async () => {
  const spooled = await alice.media.spool(FILE, key);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 30 }), async (turns) => {
      const stopping = new AbortController();
      const uploading = alice.media.upload(alice.chatId, spooled, { signal: stopping.signal });
      const outcome = uploading.catch((error) => error);
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      stopping.abort("stop");
      expect([expect.any(Number), "stop"]).toContainEqual(await outcome);
    }),
    { numRuns: 30 },
  );
  const attachment = uploaded(spooled, await alice.media.upload(alice.chatId, spooled));
  const received = await octetsOf(alice.media.download(attachment, toBase64(key)), MOST);
  expect(digestOf(received)).toBe(digestOf(FILE));
  await alice.media.discard(spooled);
  expect(await spoolRows(alice.store, [spooled])).toEqual([]);
});

it("whenever a download is cancelled, it says why", async () => {
  const spooled = await alice.media.spool(FILE, key);
  const attachment = uploaded(spooled, await alice.media.upload(alice.chatId, spooled));
  await alice.media.discard(spooled);
  for (const pieces of [0, 1, 2, 3]) {
    const stopping = new AbortController();
    if (pieces === 0) stopping.abort("stop");
    const onProgress = (done: number) => done >= pieces * MIB && stopping.abort("stop");
    const download = alice.media.download(attachment, toBase64(key), { signal: stopping.signal, onProgress });
    await expect(octetsOf(download, MOST)).rejects.toBe("stop");
  }
});

it("a network that is cut in the middle of an upload is said so, and the next try works", async () => {
  await using proxy = await startProxy({ port: portOf(server) });
  const media = throughPort(proxy.port);
  const spooled = await media.spool(octetsOfSize(20 * MIB), key);
  const cut = media.upload(alice.chatId, spooled, { onProgress: (sent) => sent > 5 * MIB && proxy.cut() });
  await expect(cut).rejects.toEqual(code("unreachable"));
  proxy.refuse();
  await expect(media.upload(alice.chatId, spooled)).rejects.toEqual(code("unreachable"));
  proxy.accept();
  const progress: number[] = [];
  await media.upload(alice.chatId, spooled, { onProgress: (sent) => progress.push(sent) });
  expect(progress.at(-1)).toBe(spooled.encryptedSize);
  await media.discard(spooled);
});

it("a network that is cut again and again in the middle of a download only makes it go on", async () => {
  await using proxy = await startProxy({ port: portOf(server) });
  const ranges: (string | null)[] = [];
  const watched: typeof fetch = async (url, init) => {
    ranges.push(new Headers(init?.headers).get("Range"));
    return await fetch(url, init);
  };
  const media = throughPort(proxy.port, { delays: [0, 10], fetch: watched });
  const octets = octetsOfSize(20 * MIB + 3);
  const spooled = await media.spool(octets, key);
  const attachment = uploaded(spooled, await media.upload(alice.chatId, spooled));
  await media.discard(spooled);
  let cuts = 0;
  const onProgress = (done: number) => {
    if (cuts >= 4 || done < (cuts + 1) * 3 * MIB) return;
    cuts++;
    proxy.cut();
  };
  const received = await octetsOf(media.download(attachment, toBase64(key), { onProgress }), MOST);
  expect(digestOf(received)).toBe(digestOf(octets));
  expect(ranges[0]).toBe(null);
  const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1]));
  expect(starts.length).toBeGreaterThanOrEqual(1);
  for (const start of starts) expect(start).toBeGreaterThan(3 * MIB);
});

it("a download gives up when the network stays away", async () => {
  await using proxy = await startProxy({ port: portOf(server) });
  const media = throughPort(proxy.port, { delays: [0, 0] });
  const spooled = await media.spool(octetsOfSize(20 * MIB), key);
  const attachment = uploaded(spooled, await media.upload(alice.chatId, spooled));
  const onProgress = () => proxy.refuse();
  const download = media.download(attachment, toBase64(key), { onProgress });
  await expect(octetsOf(download, MOST)).rejects.toEqual(code("unreachable"));
  await media.discard(spooled);
});

it("a network that lets nothing through any more ends a transfer with a timeout", async () => {
  await using proxy = await startProxy({ port: portOf(server) });
  const media = throughPort(proxy.port, { patience: 300, delays: [] });
  const spooled = await media.spool(octetsOfSize(20 * MIB), key);
  const attachment = uploaded(spooled, await alice.media.upload(alice.chatId, spooled));
  const upload = media.upload(alice.chatId, spooled, { onProgress: () => proxy.pause() });
  await expect(upload).rejects.toEqual(code("timeout"));
  proxy.resume();
  const download = media.download(attachment, toBase64(key), { onProgress: () => proxy.pause() });
  await expect(octetsOf(download, MOST)).rejects.toEqual(code("timeout"));
  await media.discard(spooled);
});

it("a reader that takes its time is not taken for a network that stands still", async () => {
  const media = throughPort(portOf(server), { patience: 300, delays: [] });
  const spooled = await media.spool(octetsOfSize(6 * MIB), key);
  const attachment = uploaded(spooled, await media.upload(alice.chatId, spooled));
  let size = 0;
  for await (const piece of media.download(attachment, toBase64(key))) {
    // The time itself is what is tested.
    if (size === 0) await delay(700);
    size += piece.length;
  }
  expect(size).toBe(6 * MIB);
  await media.discard(spooled);
});

it("a file that was replaced, changed, cut off or made longer on the server is refused", async () => {
  const spooled = await alice.media.spool(FILE, key);
  const chunks = await collected(spooledPieces(alice.store, spooled));
  const [first = FILE, second = FILE, third = FILE, last = FILE] = chunks;
  const flipped = concat(...chunks);
  flipped[MIB * 2] = (flipped[MIB * 2] ?? 0) ^ 1;
  const another = await alice.media.spool(octetsOfSize(FILE.length).fill(7), key);
  const attacks: [string, Uint8Array, string][] = [
    [
      "another file of the same key",
      concat(...(await collected(spooledPieces(alice.store, another)))),
      "decryption_failed",
    ],
    ["a flipped bit", flipped, "decryption_failed"],
    ["chunks in another order", concat(second, first, third, last), "decryption_failed"],
    ["without its end", concat(first, second, third), "file_incomplete"],
    ["without an octet", concat(...chunks).subarray(0, -1), "decryption_failed"],
    ["with an octet more", concat(...chunks, new Uint8Array(1)), "decryption_failed"],
    ["with a chunk more", concat(first, second, third, third, last), "decryption_failed"],
  ];
  for (const [attack, octets, refusal] of attacks) {
    const fileId = (await alice.client.upload(alice.chatId, octets)).file_id;
    const download = alice.media.download(uploaded(spooled, fileId), toBase64(key));
    await expect(octetsOf(download, MOST), attack).rejects.toEqual(code(refusal));
  }
});

it("an encrypted file is never given out as it is, for want of a key or of a nonce", async () => {
  const spooled = await alice.media.spool(utf8("secret"), key);
  const attachment = uploaded(spooled, await alice.media.upload(alice.chatId, spooled));
  const withoutKey = alice.media.download(attachment, undefined);
  await expect(octetsOf(withoutKey, MOST)).rejects.toEqual(code("unreadable_message"));
  const { nonce: _, ...metadata } = attachment.metadata;
  const withoutNonce = alice.media.download({ ...attachment, metadata }, toBase64(key));
  await expect(octetsOf(withoutNonce, MOST)).rejects.toEqual(code("malformed"));
});

it("the server's refusals have their codes, also those that come before the file has", async () => {
  await using small = await startTestServer({ mediaQuotaMib: 1 });
  const { media, chatId } = await newSender(small);
  const file = await media.spool(octetsOfSize(30 * MIB), key);
  await expect(media.upload(chatId, file)).rejects.toEqual(code("quota_exceeded"));
  await expect(media.upload(9_007_199_254_740_000, file)).rejects.toEqual(code("not_a_member"));
});

it.each([
  ["of a proxy that closes the connection unread", true],
  ["of one that goes on to listen", false],
])("a refusal %s is heard", async (_, closes) => {
  const proxy = createServer((request, response) => {
    request.on("error", () => {});
    response.writeHead(413, { "Content-Type": "text/html", ...(closes && { Connection: "close" }) });
    response.end("<h1>Too large</h1>", () => closes && request.socket.destroySoon());
  }).listen(0, "127.0.0.1");
  await new Promise((listening) => proxy.once("listening", listening));
  const media = throughPort((proxy.address() as AddressInfo).port);
  const file = await media.spool(octetsOfSize(40 * MIB), key);
  await expect(media.upload(alice.chatId, file)).rejects.toEqual(code("body_too_large"));
  await media.discard(file);
  proxy.closeAllConnections();
  await new Promise((closed) => proxy.close(closed));
});

it("a piece that is missing on the device is said so", async () => {
  const spooled = await alice.media.spool(FILE, key);
  await alice.store.write((changes) => changes.removePiece(spooled.id, 2));
  await expect(alice.media.upload(alice.chatId, spooled)).rejects.toEqual(code("store_damaged"));
});

it("what a program that ended in the middle has left is swept up after a day, and nothing else", async () => {
  const { media, store } = await newSender(server);
  const [left, used, fresh] = await Promise.all([1, 2, 3].map(() => media.spool(FILE, key)));
  if (!left || !used || !fresh) throw new Error("nothing was spooled");
  const startedAt = Date.now() - 25 * 60 * 60_000;
  await store.write((changes) => {
    for (const { id, pieces } of [left, used]) changes.put("setting", [`spool/${id}`], { pieces, startedAt });
    changes.put("setting", ["theme"], "dark");
  });
  await media.sweep(new Set([used.id]));
  expect(await spoolRows(store, [left])).toHaveLength(3);
  expect(await spoolRows(store, [used, fresh])).toHaveLength(3 + 8);
});
