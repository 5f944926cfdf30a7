import fc from "fast-check";
import { expect, it } from "vitest";
import { sealAead } from "#platform/aead";
import { decryptFile, type EncryptFileOptions, encryptFile } from "./file.ts";
import { CHUNK_SIZE } from "./file-shape.ts";
import { collect, inParts } from "./fixtures/streams.ts";
import { anyKey, withFlippedBit } from "./fixtures/tampering.ts";
import { concat, randomBytes, toBase64 } from "./primitives/octets.ts";

const KEY = randomBytes(32);
const code = (of: string) => expect.objectContaining({ code: of });
const REFUSED = expect.objectContaining({ name: "CryptoError" });

async function encrypted(plaintext: Uint8Array, options?: EncryptFileOptions) {
  const { shape, octets, encryptedSize } = encryptFile(KEY, [plaintext], plaintext.length, options);
  return { octets: await collect(octets), encryptedSize, metadata: { ...shape, size: plaintext.length } };
}

/** A file of small chunks, sealed by hand: what a reader has to put up with. */
function smallChunks(chunks: number) {
  const pieces = Array.from({ length: chunks }, (_, at) => randomBytes(at === chunks - 1 ? 7 : 10));
  const nonces = pieces.map(() => randomBytes(12));
  const sealed = pieces.map((piece, at) => sealAead(KEY, nonces[at] ?? piece, piece));
  const size = concat(...pieces).length;
  const metadata = { size, nonces: nonces.map(toBase64), chunk_size: 10, chunk_count: chunks };
  return { plaintext: concat(...pieces), sealed, metadata };
}

function decrypted(sealed: Uint8Array | readonly Uint8Array[], metadata: unknown): Promise<Uint8Array> {
  return collect(decryptFile(KEY, sealed instanceof Uint8Array ? [sealed] : sealed, metadata));
}

it.each([0, 1, CHUNK_SIZE - 1, CHUNK_SIZE])("keeps a file of %i octets in one piece", async (size) => {
  const plaintext = new Uint8Array(size).fill(7);
  const { octets, metadata, encryptedSize } = await encrypted(plaintext);
  expect(Object.keys(metadata)).toEqual(["nonce", "size"]);
  expect([octets.length, encryptedSize]).toEqual([size + 16, size + 16]);
  expect(Buffer.compare(await decrypted(octets, metadata), plaintext)).toBe(0);
});

it.each([
  [CHUNK_SIZE + 1, 2],
  [2 * CHUNK_SIZE, 2],
  [3 * CHUNK_SIZE - 5, 3],
])("cuts a file of %i octets into %i chunks", async (size, chunks) => {
  const plaintext = new Uint8Array(size).map((_, at) => at % 251);
  const { octets, metadata, encryptedSize } = await encrypted(plaintext);
  expect(metadata).toMatchObject({ chunk_size: CHUNK_SIZE, chunk_count: chunks });
  expect([octets.length, encryptedSize]).toEqual([size + 16 * chunks, size + 16 * chunks]);
  expect(Buffer.compare(await collect(decryptFile(KEY, inParts(octets, 65_521), metadata)), plaintext)).toBe(
    0,
  );
});

it("keeps a large file in one piece for someone whose client cannot read chunks", async () => {
  const { metadata, octets } = await encrypted(new Uint8Array(3 * CHUNK_SIZE), { whole: true });
  expect(Object.keys(metadata)).toEqual(["nonce", "size"]);
  expect(await decrypted(octets, metadata)).toHaveLength(3 * CHUNK_SIZE);
});

it("gives any file back, however it comes in, and changes nothing that it is given", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyKey,
      fc.uint8Array(),
      fc.integer({ min: 1, max: 50 }),
      async (key, plaintext, part) => {
        const given = [key.slice(), plaintext.slice()];
        const { octets, shape } = encryptFile(key, inParts(plaintext, part), plaintext.length);
        const sealed = await collect(octets);
        const metadata = Object.freeze({ ...shape, size: plaintext.length });
        expect(await collect(decryptFile(key, inParts(sealed, part), metadata))).toEqual(plaintext);
        expect([key, plaintext]).toEqual(given);
      },
    ),
  );
});

it("refuses any flipped bit of any chunk, and of any nonce", async () => {
  const { sealed, metadata } = smallChunks(4);
  const all = concat(...sealed);
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat({ max: 3 }), async (bit, chunk) => {
      await expect(decrypted(withFlippedBit(all, bit), metadata)).rejects.toEqual(code("decryption_failed"));
      const nonces = metadata.nonces.map((nonce, at) =>
        at === chunk ? toBase64(withFlippedBit(Buffer.from(nonce, "base64"), bit)) : nonce,
      );
      await expect(decrypted(all, { ...metadata, nonces })).rejects.toEqual(code("decryption_failed"));
    }),
  );
});

it("refuses a file cut off anywhere", async () => {
  const { sealed, metadata, plaintext } = smallChunks(3);
  const all = concat(...sealed);
  for (let length = 0; length < all.length; length++) {
    await expect(decrypted(all.subarray(0, length), metadata)).rejects.toEqual(REFUSED);
  }
  expect(await decrypted(all, metadata)).toEqual(plaintext);
});

it("refuses chunks in any other order, left out, repeated or added", async () => {
  const { sealed, metadata } = smallChunks(4);
  const anyChunks = fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(anyChunks, async (order) => {
      fc.pre(order.join() !== "0,1,2,3");
      const chunks = order.flatMap((at) => sealed[at] ?? []);
      await expect(decrypted(chunks, metadata)).rejects.toEqual(REFUSED);
    }),
    { numRuns: 300 },
  );
});

it("refuses a single octet behind the last one", async () => {
  const { sealed, metadata } = smallChunks(2);
  await expect(decrypted([...sealed, new Uint8Array(1)], metadata)).rejects.toEqual(REFUSED);
  const full = await encrypted(new Uint8Array(2 * CHUNK_SIZE));
  const longer = decrypted([full.octets, new Uint8Array(1)], full.metadata);
  await expect(longer).rejects.toEqual(code("file_too_long"));
});

const CHUNKED = smallChunks(3).metadata;
const [NONCE = ""] = CHUNKED.nonces;

it.each([
  ["no metadata", null],
  ["neither nonce nor nonces", { size: 1 }],
  ["a nonce that is no base64", { size: 1, nonce: "AAAAAAAAAAAAAAA" }],
  ["a nonce of 11 octets", { size: 1, nonce: toBase64(new Uint8Array(11)) }],
  ["no chunk", { ...CHUNKED, nonces: [], chunk_count: 0, size: 0 }],
  ["another number of chunks", { ...CHUNKED, chunk_count: 2 }],
  ["a number of chunks that is none", { ...CHUNKED, chunk_count: "3" }],
  ["a nonce twice", { ...CHUNKED, nonces: [NONCE, NONCE, CHUNKED.nonces[2]] }],
  ["the caption's nonce", { ...CHUNKED, nonce: NONCE }],
  ["a nonce that is a number", { ...CHUNKED, nonces: [1, 2, 3] }],
  ["chunks of nothing", { ...CHUNKED, chunk_size: 0 }],
  ["chunks beyond all measure", { ...CHUNKED, chunk_size: 2 ** 40 }],
  ["chunks that do not add up", { ...CHUNKED, size: 31 }],
  ["chunks of which one would be empty", { ...CHUNKED, size: 20 }],
])("refuses a file with %s before it reads any of it", (_, metadata) => {
  expect(() => decryptFile(KEY, [], metadata)).toThrow(code("malformed"));
});

it("reads null for what a file does not have", async () => {
  const { octets, metadata } = await encrypted(Uint8Array.of(1, 2, 3));
  const delivered = { ...metadata, nonces: null, chunk_size: null, chunk_count: null };
  expect(await decrypted(octets, delivered)).toEqual(Uint8Array.of(1, 2, 3));
});

it("never uses a nonce twice, whether in a file or when it is sent again", async () => {
  const plaintext = new Uint8Array(3 * CHUNK_SIZE);
  const shapes = await Promise.all(
    Array.from({ length: 20 }, () => encryptFile(KEY, [plaintext], plaintext.length).shape),
  );
  const nonces = shapes.flatMap((shape) => ("nonce" in shape ? [shape.nonce] : shape.nonces));
  expect(new Set(nonces).size).toBe(60);
});

it.each([
  ["shorter", 2 * CHUNK_SIZE, "file_incomplete"],
  ["a little shorter", 3 * CHUNK_SIZE - 1, "file_incomplete"],
  ["a little longer", 3 * CHUNK_SIZE + 1, "file_too_long"],
  ["longer", 4 * CHUNK_SIZE, "file_too_long"],
])("does not pass for encrypted what is %s than announced", async (_, actual, expected) => {
  const { octets } = encryptFile(KEY, [new Uint8Array(actual)], 3 * CHUNK_SIZE);
  await expect(collect(octets)).rejects.toEqual(code(expected));
});

it("tells how far it is", async () => {
  const size = 2 * CHUNK_SIZE + 1;
  const [there, back]: number[][] = [[], []];
  const { octets, shape } = encryptFile(KEY, [new Uint8Array(size)], size, {
    onProgress: (done) => there?.push(done),
  });
  const sealed = await collect(octets);
  await collect(decryptFile(KEY, [sealed], { ...shape, size }, { onProgress: (done) => back?.push(done) }));
  expect(there).toEqual([CHUNK_SIZE, 2 * CHUNK_SIZE, size]);
  expect(back).toEqual(there);
});

it("stops when it is told to, and lets go of its source", async () => {
  const stopping = new AbortController();
  const reason = new Error("enough");
  let cancelled: unknown;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(CHUNK_SIZE)),
    cancel: () => {
      cancelled = true;
    },
  });
  const { octets } = encryptFile(KEY, endless, 50 * CHUNK_SIZE, { signal: stopping.signal });
  await octets.next();
  stopping.abort(reason);
  await expect(octets.next()).rejects.toBe(reason);
  expect(cancelled).toBe(true);
});

it("reads no further ahead than a chunk", async () => {
  let given = 0;
  async function* source() {
    for (let at = 0; at < 50; at++) {
      given++;
      yield new Uint8Array(CHUNK_SIZE);
    }
  }
  const { octets } = encryptFile(KEY, source(), 50 * CHUNK_SIZE);
  let taken = 0;
  for await (const _ of octets) expect(given).toBe(++taken);
  expect(taken).toBe(50);
});

it("encrypts nothing with a key of another length", () => {
  expect(() => encryptFile(KEY.subarray(1), [], 0)).toThrow(code("wrong_length"));
  expect(() => decryptFile(KEY.subarray(1), [], {})).toThrow(code("wrong_length"));
  expect(() => encryptFile(KEY, [], -1)).toThrow(code("malformed"));
});
