import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type ServerProcess, spawnTestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { directory } from "../store/directory.ts";
import { openStore } from "../store/open-store.ts";
import { MIB, newSender, uploaded } from "./fixtures/transfers.ts";

const SIZE = 49 * MIB;
/** Pieces and buffers under way, however long the file is. */
const ALLOWED = 12 * MIB;
/** Looks at the memory, which takes long, once in so many. */
const SELDOM = 12;

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

let server: ServerProcess;
let folder: string;

beforeAll(async () => {
  server = await spawnTestServer();
  folder = await mkdtemp(join(tmpdir(), "tacit-media-"));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function* octets() {
  for (let at = 0; at < SIZE / MIB; at++) yield new Uint8Array(MIB).fill(at);
}

/** Runs a transfer. @returns by how much the memory in use grew at most */
async function watched<T>(transfer: (look: () => void) => Promise<T>) {
  const used = () => {
    // The first lets go of octets in the background; the second waits until they are gone.
    for (let turn = 0; turn < 2; turn++) if (typeof collectGarbage === "function") collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = used();
  let most = 0;
  let looks = 0;
  const result = await transfer(() => {
    if (++looks % SELDOM === 0) most = Math.max(most, used() - before);
  });
  return { result, growth: most };
}

it("a file of 49 MiB goes up and comes down without ever being in memory", { timeout: 60_000 }, async () => {
  const store = await openStore(directory(join(folder, "store")));
  const { media, chatId } = await newSender(server, { store });
  const key = newMessageKey();
  const spooling = await watched((onProgress) =>
    media.spool({ size: SIZE, stream: octets }, key, { onProgress }),
  );
  const uploading = await watched((onProgress) => media.upload(chatId, spooling.result, { onProgress }));
  const attachment = uploaded(spooling.result, uploading.result);
  const downloading = await watched(async (look) => {
    let size = 0;
    for await (const piece of media.download(attachment, toBase64(key))) {
      size += piece.length;
      look();
    }
    return size;
  });
  expect(downloading.result).toBe(SIZE);
  for (const { growth } of [spooling, uploading, downloading]) expect(growth).toBeLessThan(ALLOWED);
  await store.close();
});
