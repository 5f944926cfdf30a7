import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { freshDataDirectory } from "./fixtures/data-directories.ts";
import { type DirectoryLock, lockDirectory } from "./lock.ts";
import { makeSocketDirectory } from "./socket-directory.ts";

async function contend(dataLink: string, contenders: number): Promise<DirectoryLock[]> {
  const outcomes = await Promise.allSettled(
    Array.from({ length: contenders }, () => lockDirectory(dataLink)),
  );
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "already_running" });
  }
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

async function makeDataLink(name?: string): Promise<string> {
  const dataDirectory = await freshDataDirectory(name);
  await mkdir(dataDirectory, { recursive: true });
  const sockets = await makeSocketDirectory(dataDirectory);
  onTestFinished(() => sockets.remove());
  return sockets.dataLink;
}

it("gives the lock to exactly one of many that want it at once, again and again", async () => {
  const dataLink = await makeDataLink();
  for (let round = 0; round < 20; round++) {
    const holders = await contend(dataLink, 20);
    expect(holders).toHaveLength(1);
    await expect(lockDirectory(dataLink)).rejects.toMatchObject({ code: "already_running" });
    await holders[0]?.release();
  }
  expect(await readdir(`${dataLink}/lock`)).toHaveLength(1);
});

it("never has two holders when locks are given back and taken over in between", async () => {
  const dataLink = await makeDataLink();
  let holders = 0;
  const takeTurns = async () => {
    for (let turn = 0; turn < 50; turn++) {
      const lock = await lockDirectory(dataLink).catch(() => undefined);
      if (!lock) continue;
      expect(++holders).toBe(1);
      await new Promise(setImmediate);
      holders--;
      await lock.release();
    }
  };
  await Promise.all(Array.from({ length: 8 }, takeTurns));
});

it("locks a directory whose path is far longer than a socket's may be", async () => {
  const dataLink = await makeDataLink(`${"long/".repeat(40)}data`);
  const lock = await lockDirectory(dataLink);
  await expect(lockDirectory(dataLink)).rejects.toMatchObject({ code: "already_running" });
  await lock.release();
});

it("refuses whoever lost their short path to the holder, who clears such paths away", async () => {
  const dataLink = await makeDataLink();
  await rm(dirname(dataLink), { recursive: true });
  await expect(lockDirectory(dataLink)).rejects.toMatchObject({ code: "already_running" });
  await expect(readdir(dirname(dataLink))).rejects.toMatchObject({ code: "ENOENT" });
});
