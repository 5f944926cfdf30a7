import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TacitError } from "../errors.ts";
import { BlobMissingError, type Blobs } from "./blobs.ts";
import { filesIn, freshDirectory, openFilesIn, openStore } from "./fixtures/store.ts";

const KIB = 1024;
const MAX = 64 * KIB * KIB;
const newName = () => randomBytes(32).toString("hex");
const pieces = (content: Buffer, size: number) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
    })(),
    { objectMode: false },
  );

async function store(blobs: Blobs, content: Buffer, name = newName()): Promise<string> {
  const received = await blobs.receive(pieces(content, 10_000), MAX);
  await received.keep(name);
  return name;
}

const read = async (blobs: Blobs, name: string, range?: { start: number; end: number }) =>
  buffer(await blobs.open(name, range));

describe("a file", () => {
  test.each([0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 5 * KIB * KIB + 3])(
    "of %i octets comes out as it went in",
    async (size) => {
      const { blobs, directory } = await openStore();
      const content = randomBytes(size);
      const name = newName();
      const received = await blobs.receive(pieces(content, 10_000), MAX);
      expect(received.size).toBe(size);
      expect(received.sha256).toEqual(createHash("sha256").update(content).digest());
      await received.keep(name);
      expect((await read(blobs, name)).equals(content)).toBe(true);
      expect(await filesIn(directory)).toEqual([join(name.slice(0, 2), name)]);
      expect(await openFilesIn(directory)).toEqual([]);
    },
  );

  test("can be read in part", async () => {
    const { blobs } = await openStore();
    const content = randomBytes(300 * KIB);
    const name = await store(blobs, content);
    for (const [start, end] of [
      [0, 0],
      [5, 9],
      [1000, content.length - 1],
      [content.length - 1, content.length - 1],
    ] as const)
      expect((await read(blobs, name, { start, end })).equals(content.subarray(start, end + 1))).toBe(true);
  });

  test("that comes twice at once is two files", async () => {
    const { blobs, directory } = await openStore();
    const content = randomBytes(200 * KIB);
    const names = await Promise.all([store(blobs, content), store(blobs, content)]);
    expect(await filesIn(directory)).toEqual(names.map((name) => join(name.slice(0, 2), name)).sort());
    await blobs.remove(names[0]);
    expect((await read(blobs, names[1])).equals(content)).toBe(true);
  });

  test("can be opened only after it was kept, and no longer after it was removed", async () => {
    const { blobs, directory } = await openStore();
    const name = newName();
    const received = await blobs.receive(pieces(randomBytes(10), 3), MAX);
    await expect(blobs.open(name)).rejects.toThrow(BlobMissingError);
    await received.keep(name);
    await read(blobs, name);
    await blobs.remove(name);
    await blobs.remove(name);
    await expect(blobs.open(name)).rejects.toThrow(BlobMissingError);
    expect(await filesIn(directory)).toEqual([]);
  });

  test("is nobody else's to read on this machine", async () => {
    const { blobs, directory } = await openStore();
    const name = await store(blobs, randomBytes(10));
    const modeOf = async (...path: string[]) => (await stat(join(directory, ...path))).mode & 0o777;
    expect(await modeOf(name.slice(0, 2))).toBe(0o700);
    expect(await modeOf("incoming")).toBe(0o700);
    expect(await modeOf(name.slice(0, 2), name)).toBe(0o600);
  });

  test("whose reader goes away in the middle is closed", async () => {
    const { blobs, directory } = await openStore();
    const stream = await blobs.open(await store(blobs, randomBytes(2 * KIB * KIB)));
    await new Promise((resolve) => stream.once("data", resolve));
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.destroy();
    await closed;
    expect(await openFilesIn(directory)).toEqual([]);
  });

  test.each([
    "",
    "../../etc/passwd",
    "..",
    "ab",
    "/etc/passwd",
    `${newName()}0`,
    "ABCD",
    "abcd/../ef",
    "abc\0",
  ])("cannot be called %j", async (name) => {
    const { blobs, directory } = await openStore();
    const received = await blobs.receive(pieces(randomBytes(10), 3), MAX);
    await expect(received.keep(name)).rejects.toThrow(RangeError);
    await expect(blobs.open(name)).rejects.toThrow(RangeError);
    await expect(blobs.remove(name)).rejects.toThrow(RangeError);
    await received.discard();
    expect(await filesIn(directory)).toEqual([]);
  });
});

describe("nothing is left of", () => {
  async function expectNothing(directory: string) {
    expect(await filesIn(directory)).toEqual([]);
    expect(await openFilesIn(directory)).toEqual([]);
  }

  test("a file that was received and is not wanted", async () => {
    const { blobs, directory } = await openStore();
    await (await blobs.receive(pieces(randomBytes(100), 10), MAX)).discard();
    await expectNothing(directory);
  });

  test("a file that is too large, by one octet or without end, and no more of it is read", async () => {
    const { blobs, directory } = await openStore();
    const exact = await blobs.receive(pieces(randomBytes(1000), 7), 1000);
    await exact.discard();
    const refusal = { code: "body_too_large" };
    await expect(blobs.receive(pieces(randomBytes(1001), 7), 1000)).rejects.toMatchObject(refusal);
    let taken = 0;
    const endless = new Readable({
      read() {
        taken += 10_000;
        this.push(Buffer.alloc(10_000));
      },
    });
    await expect(blobs.receive(endless, 100_000)).rejects.toMatchObject(refusal);
    expect(endless.destroyed).toBe(true);
    expect(taken).toBeLessThan(5_000_000);
    await expectNothing(directory);
  });

  test("a file that breaks off, wherever that is", async () => {
    const { blobs, directory } = await openStore();
    const failure = new Error("the phone went into a tunnel");
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 2 * KIB * KIB }),
        fc.integer({ min: 1000, max: 700_000 }),
        fc.boolean(),
        async (breakAt, size, isTold) => {
          const source = new PassThrough();
          const receipt = blobs.receive(source, MAX);
          const outcome = receipt.then(
            () => "received",
            (error: unknown) => error,
          );
          for (let sent = 0; sent < breakAt; sent += size) {
            const chunk = Buffer.alloc(Math.min(size, breakAt - sent));
            await new Promise((resolve) => source.write(chunk, resolve));
          }
          source.destroy(isTold ? failure : undefined);
          expect(await outcome).toBeInstanceOf(Error);
          await expectNothing(directory);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("a file whose source has failed before it was looked at", async () => {
    const { blobs, directory } = await openStore();
    const source = new PassThrough();
    source.on("error", () => undefined).destroy(new Error("gone"));
    await expect(blobs.receive(source, MAX)).rejects.toThrow();
    await expectNothing(directory);
  });

  test("what was coming in when the store was closed", async () => {
    const { blobs, directory } = await openStore();
    const source = new PassThrough();
    source.write(randomBytes(1000));
    const receipt = blobs.receive(source, MAX);
    const refused = expect(receipt).rejects.toMatchObject({ code: "not_ready" });
    await blobs.close();
    await refused;
    await expect(blobs.receive(pieces(randomBytes(10), 3), MAX)).rejects.toMatchObject({ code: "not_ready" });
    await expectNothing(directory);
    expect(await readdir(join(directory, "incoming"))).toEqual([]);
  });
});

describe("what earlier processes left behind", () => {
  async function leave(directory: string, owner: string, ageHours = 0): Promise<string> {
    const path = join(directory, "incoming", owner);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "half-a-file"), "half");
    const time = Date.now() / 1000 - ageHours * 3600;
    await utimes(path, time, time);
    return join("incoming", owner, "half-a-file");
  }
  const unused = 2 ** 22 + 1;

  test("is removed if they are surely gone, and kept if they may still be there", async () => {
    const directory = await freshDirectory();
    const here = hostname().replace(/[^\w.-]/g, "_");
    await leave(directory, `${here}.${unused}.1`);
    await leave(directory, `${here}.${process.pid}.999999`);
    await leave(directory, "elsewhere.1.1", 25);
    await leave(directory, "nonsense", 25);
    const alive = await leave(directory, `${here}.${process.ppid}.1`);
    const elsewhere = await leave(directory, "elsewhere.2.1", 23);
    const { blobs } = await openStore(directory);
    expect(await filesIn(directory)).toEqual([alive, elsewhere].sort());
    await store(blobs, randomBytes(10));
  });

  test("is nothing of another store that this process has on the same directory", async () => {
    const first = await openStore();
    const received = await first.blobs.receive(pieces(randomBytes(1000), 100), MAX);
    const second = await openStore(first.directory);
    const name = newName();
    await received.keep(name);
    expect(await read(second.blobs, name)).toHaveLength(1000);
  });

  test("may be missing: then a store makes its place anew", async () => {
    const { blobs, directory } = await openStore();
    const [own] = await readdir(join(directory, "incoming"));
    await rm(join(directory, "incoming", String(own)), { recursive: true });
    await store(blobs, randomBytes(10));
  });
});

test("an error of the file system that is not about room stays what it is", async () => {
  const { blobs, directory } = await openStore();
  await writeFile(join(directory, "ab"), "a file where a directory has to be");
  const received = await blobs.receive(pieces(randomBytes(10), 3), MAX);
  await expect(received.keep("abcd")).rejects.not.toBeInstanceOf(TacitError);
  await received.discard();
});
