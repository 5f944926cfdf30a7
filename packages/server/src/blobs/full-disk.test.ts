import { execFileSync } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { isRoot } from "../db/embedded/fixtures/processes.ts";
import { filesIn, freshDirectory, openFilesIn, openStore } from "./fixtures/store.ts";

const MIB = 1024 * 1024;
const REFUSAL = { code: "storage_full" };

// Mounting needs root and, in a container, the right to mount.
const canMount = isRoot && process.platform === "linux";
if (!canMount)
  console.warn("full-disk.test.ts is left out: a small disk can only be mounted by root on Linux");

/** A store on a disk of 20 MiB, of which one stays in reserve. */
async function smallStore() {
  const directory = await freshDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m,mode=700", "tmpfs", directory]);
  onTestFinished(() => void execFileSync("umount", ["-l", directory]));
  return await openStore(directory);
}

const zeros = (bytes: number) => Readable.from(zeroChunks(bytes), { objectMode: false });

function* zeroChunks(bytes: number) {
  for (let sent = 0; sent < bytes; sent += MIB) yield Buffer.alloc(Math.min(MIB, bytes - sent));
}

describe.runIf(canMount)("on a disk that is nearly full (needs root, who can mount a small one)", () => {
  test("a file is refused before it comes in, if it would not leave the reserve", async () => {
    const { blobs, directory } = await smallStore();
    const source = zeros(MIB);
    await expect(blobs.receive(source, 50 * MIB, 19.5 * MIB)).rejects.toMatchObject(REFUSAL);
    expect(source.destroyed).toBe(true);
    await expect(blobs.receive(zeros(MIB), 50 * MIB)).rejects.toMatchObject(REFUSAL);
    expect(await filesIn(directory)).toEqual([]);
    await (await blobs.receive(zeros(MIB), 50 * MIB, 18 * MIB)).discard();
  });

  test("those that are coming in count with what is still to come, and not after they have ended", async () => {
    const { blobs } = await smallStore();
    const slow = new PassThrough();
    const first = blobs.receive(slow, 12 * MIB);
    for (let sent = 0; sent < 8 * MIB; sent += 65_536)
      await new Promise((resolve) => slow.write(Buffer.alloc(65_536), resolve));
    await expect(blobs.receive(zeros(MIB), 9 * MIB)).rejects.toMatchObject(REFUSAL);
    const beside = await blobs.receive(zeros(MIB), 6 * MIB);
    await beside.discard();
    slow.end();
    await (await first).discard();
    await (await blobs.receive(zeros(MIB), 18 * MIB)).discard();
  });

  test("a file that does not fit although it was said to be small is refused, and its room is free again", async () => {
    const { blobs, directory } = await smallStore();
    await expect(blobs.receive(zeros(40 * MIB), 50 * MIB, 1)).rejects.toMatchObject(REFUSAL);
    expect(await filesIn(directory)).toEqual([]);
    expect(await openFilesIn(directory)).toEqual([]);
    await (await blobs.receive(zeros(15 * MIB), 15 * MIB)).discard();
  });
});
