import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { directory } from "./directory.ts";
import { freshPath } from "./fixtures/place.ts";
import type { LocalStore } from "./local-store.ts";
import { openStore } from "./open-store.ts";

const MIB = 1024 * 1024;
const FULL = { code: "store_full" };

// Mounting needs root and, in a container, the right to mount.
const canMount = process.getuid?.() === 0 && process.platform === "linux";
if (!canMount)
  console.warn("directory-full-disk.test.ts is left out: a small disk can only be mounted by root on Linux");

async function smallDisk(options: string): Promise<string> {
  const path = await freshPath();
  await mkdir(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", `${options},mode=700`, "tmpfs", path]);
  onTestFinished(() => void execFileSync("umount", ["-l", path]));
  return path;
}

/** Writes pieces of 1 MiB, two at a time, until there is no room. @returns how many were written */
async function fill(store: LocalStore): Promise<number> {
  for (let piece = 0; ; piece += 2) {
    const writing = store.write((changes) => {
      changes.putPiece("file", piece, new Uint8Array(MIB).fill(piece));
      changes.putPiece("file", piece + 1, new Uint8Array(MIB).fill(piece + 1));
    });
    const refusal = await writing.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) continue;
    expect(refusal).toMatchObject(FULL);
    return piece;
  }
}

/** All pieces that were written are there, and none that was refused. */
async function expectPieces(store: LocalStore, count: number): Promise<void> {
  expect(count).toBeGreaterThan(3);
  for (let piece = 0; piece < count; piece++)
    expect((await store.getPiece("file", piece))?.every((octet) => octet === piece % 256)).toBe(true);
  expect(await store.getPiece("file", count)).toBeUndefined();
  expect(await store.getPiece("file", count + 1)).toBeUndefined();
}

describe.runIf(canMount)("on a small disk (needs root, who can mount one)", () => {
  test("what does not fit is refused as a whole, what is there can be read, and goes on once there is room", async () => {
    const path = await smallDisk("size=80m");
    const ballast = join(path, "ballast");
    await writeFile(ballast, new Uint8Array(40 * MIB));
    const store = await openStore(directory(path));
    const count = await fill(store);
    await expectPieces(store, count);
    const tooMuch = new Uint8Array(20 * MIB);
    await expect(store.write((changes) => changes.putPiece("file", count, tooMuch))).rejects.toMatchObject(
      FULL,
    );
    await expectPieces(store, count);
    await store.write((changes) => changes.removePiece("file", 0));
    expect(await store.getPiece("file", 0)).toBeUndefined();
    await rm(ballast);
    await store.write((changes) => changes.put("setting", ["a"], 1));
    await store.close();
    const again = await openStore(directory(path));
    expect(await again.get("setting", ["a"])).toBe(1);
    await again.close();
  });

  test("a disk that fails in the middle of the work loses nothing that was written", async () => {
    // No room for another file, of which the free space tells nothing.
    const path = await smallDisk("size=200m,nr_inodes=20");
    const store = await openStore(directory(path));
    const ballast: string[] = [];
    const takeInodes = async () => {
      for (let at = 0; at < 20; at++) {
        const name = join(path, `ballast-${at}`);
        await writeFile(name, "");
        ballast.push(name);
      }
    };
    await expect(takeInodes()).rejects.toMatchObject({ code: "ENOSPC" });
    const count = await fill(store);
    await expectPieces(store, count);
    for (const name of ballast) await rm(name);
    await expect(store.write((changes) => changes.put("setting", ["a"], 1))).rejects.toMatchObject(FULL);
    await store.close();
    const again = await openStore(directory(path));
    await expectPieces(again, count);
    await again.write((changes) => changes.put("setting", ["a"], 1));
    await again.close();
  });

  test("a storage that cannot even be begun says that the disk is full", async () => {
    const path = await smallDisk("size=4k");
    await expect(directory(path).open()).rejects.toMatchObject(FULL);
  });
});
