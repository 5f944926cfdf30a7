import { execFileSync } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type EmbeddedPostgres, type SocketConnection, startEmbeddedPostgres } from "./embedded.ts";
import { freshDataDirectory } from "./fixtures/data-directories.ts";
import { isRoot } from "./fixtures/processes.ts";

vi.setConfig({ testTimeout: 90_000 });

// Mounting needs root and, in a container, the right to mount.
const canMount = isRoot && process.platform === "linux";
if (!canMount)
  console.warn("full-disk.test.ts is left out: a small disk can only be mounted by root on Linux");

async function smallDisk(megabytes: number): Promise<string> {
  const directory = await freshDataDirectory("disk");
  await mkdir(directory);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "tmpfs", directory]);
  onTestFinished(() => void execFileSync("umount", ["-l", directory]));
  return directory;
}

async function fill(directory: string): Promise<string> {
  const path = join(directory, "filling");
  const file = await open(path, "w");
  const block = Buffer.alloc(64 * 1024);
  try {
    for (;;) await file.appendFile(block);
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  } finally {
    await file.close();
  }
  return path;
}

async function start(dataDirectory: string): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDirectory, log: () => undefined });
  onTestFinished(() => database.stop());
  return database;
}

async function query<T>(connection: SocketConnection, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres({ fetch_types: false, ...connection, max: 1, onnotice: () => undefined });
  try {
    return await ask(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Inserts letters until one is refused; resolves to how many were acknowledged and why it ended. */
async function insertUntilRefused(connection: SocketConnection) {
  return query(connection, async (sql) => {
    for (let acknowledged = 0; ; acknowledged++) {
      try {
        await sql`INSERT INTO letters VALUES (${acknowledged}, repeat('x', 1000))`;
      } catch (error) {
        return { acknowledged, error };
      }
    }
  });
}

const countLetters = (connection: SocketConnection) =>
  query(connection, async (sql) => {
    const [row] = await sql<{ count: number }[]>`SELECT count(*)::int FROM letters`;
    return row?.count;
  });

describe.runIf(canMount)("a full disk (needs root, who can mount a small one)", () => {
  it("is told plainly when there is no room for the database, and nothing half-made stays", async () => {
    const dataDirectory = await smallDisk(20);
    const refusal = { code: "disk_full", message: expect.stringMatching(/disk .* is full: free some space/) };
    await expect(start(dataDirectory)).rejects.toMatchObject(refusal);
    execFileSync("mount", ["-o", "remount,size=200m", dataDirectory]);
    await start(dataDirectory);
  });

  it("is told plainly at a later start", async () => {
    const dataDirectory = await smallDisk(120);
    await (await start(dataDirectory)).stop();
    const filling = await fill(dataDirectory);
    await expect(start(dataDirectory)).rejects.toMatchObject({ code: "disk_full" });
    await rm(filling);
    await start(dataDirectory);
  });

  it("refuses what cannot be stored, goes on when there is room, and loses nothing it acknowledged", async () => {
    const dataDirectory = await smallDisk(120);
    const database = await start(dataDirectory);
    await query(database.connection, (sql) => sql`CREATE TABLE letters (n int PRIMARY KEY, body text)`);
    const filling = await fill(dataDirectory);
    const { acknowledged, error } = await insertUntilRefused(database.connection);
    expect(error).toMatchObject({ code: "53100" });
    expect(await countLetters(database.connection)).toBe(acknowledged);
    await rm(filling);
    await query(database.connection, (sql) => sql`INSERT INTO letters VALUES (-1, 'there is room again')`);
    await database.stop();
    expect(await countLetters((await start(dataDirectory)).connection)).toBe(acknowledged + 1);
  });

  it("may end the database when its log has no room; freed and restarted, nothing acknowledged is lost", async () => {
    const dataDirectory = await smallDisk(120);
    const database = await start(dataDirectory);
    await query(database.connection, (sql) => sql`CREATE TABLE letters (n int PRIMARY KEY, body text)`);
    await query(
      database.connection,
      (sql) => sql`INSERT INTO letters SELECT n, 'early' FROM generate_series(1, 500) n`,
    );
    const filling = await fill(dataDirectory);
    const onlyLog = (sql: postgres.Sql) =>
      sql`SELECT pg_logical_emit_message(true, 'log', repeat('x', 1000000))`;
    let written = 0;
    const refused = await query(database.connection, async (sql) => {
      for (;;) {
        const failure = await onlyLog(sql).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure) return failure;
        written++;
      }
    });
    expect(refused).toBeInstanceOf(Error);
    expect(written).toBeLessThan(200);
    await expect(database.exited).resolves.toMatchObject({
      expected: false,
      lastLines: expect.arrayContaining([expect.stringContaining("No space left on device")]),
    });
    await rm(filling);
    expect(await countLetters((await start(dataDirectory)).connection)).toBe(500);
  });
});
