import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, stat, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { SocketConnection } from "./embedded.ts";
import { freshDataDirectory, makeSeed, type Seed } from "./fixtures/data-directories.ts";
import { type Host, type HostOptions, startHost } from "./fixtures/host.ts";
import { type Installation, makeInstallation } from "./fixtures/installation.ts";
import { isRoot, isRunning, waitUntilGone } from "./fixtures/processes.ts";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let installation: Installation;
let seed: Seed;
beforeAll(async () => {
  [installation, seed] = await Promise.all([makeInstallation(), makeSeed()]);
});
afterAll(() => Promise.all([installation.remove(), seed.remove()]));

function launch(dataDirectory: string, options?: HostOptions): Host {
  const host = startHost(installation.program, dataDirectory, options);
  onTestFinished(async () => {
    if (host.child.exitCode === null && host.child.signalCode === null) await host.stop();
  });
  return host;
}

async function launchReady(dataDirectory: string, options?: HostOptions) {
  const host = launch(dataDirectory, options);
  return { host, ...(await host.said("ready")) };
}

/** Inserts numbers, several at once, until the connection breaks; resolves to those that were acknowledged. */
function writeUntilBroken(connection: SocketConnection) {
  const sql = postgres({ fetch_types: false, ...connection, max: 4, onnotice: () => undefined });
  const acknowledged: number[] = [];
  let next = 1;
  const write = async () => {
    for (;;) {
      const number = next++;
      await sql`INSERT INTO numbers VALUES (${number})`;
      acknowledged.push(number);
      if (acknowledged.length === 200) busy();
    }
  };
  let busy: () => void = () => undefined;
  const underLoad = new Promise<void>((resolve) => {
    busy = resolve;
  });
  const broken = (async () => {
    await sql`CREATE TABLE IF NOT EXISTS numbers (n int PRIMARY KEY)`;
    await Promise.allSettled([write(), write(), write(), write()]);
    await sql.end({ timeout: 0 });
    return acknowledged;
  })();
  return { underLoad, broken };
}

async function expectAllThere(connection: SocketConnection, acknowledged: number[]) {
  const sql = postgres({ fetch_types: false, ...connection, max: 1 });
  const rows = await sql<{ n: number }[]>`SELECT n FROM numbers`;
  await sql.end();
  const stored = new Set(rows.map(({ n }) => n));
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
}

describe("kill -9", () => {
  it("of the database alone is reported, and the next start recovers all that was acknowledged", async () => {
    const dataDirectory = await seed.copy();
    const first = await launchReady(dataDirectory);
    const load = writeUntilBroken(first.connection);
    await load.underLoad;
    process.kill(first.pid, "SIGKILL");
    expect(await first.host.said("exited")).toMatchObject({ signal: "SIGKILL", code: null, expected: false });
    const acknowledged = await load.broken;
    const second = await launchReady(dataDirectory);
    await expectAllThere(second.connection, acknowledged);
  });

  it("of the server stops the database, and a start at once waits for that", async () => {
    const dataDirectory = await seed.copy();
    const first = await launchReady(dataDirectory);
    const load = writeUntilBroken(first.connection);
    await load.underLoad;
    await first.host.kill();
    const second = await launchReady(dataDirectory);
    expect(await isRunning(first.pid)).toBe(false);
    await expectAllThere(second.connection, await load.broken);
    await expect(stat(first.connection.host)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("of the server stops the database within seconds though nobody starts again", async () => {
    const { host, pid } = await launchReady(await seed.copy());
    await host.kill();
    await waitUntilGone(pid, 5000);
  });

  it("of both at once loses nothing that was acknowledged", async () => {
    const dataDirectory = await seed.copy();
    const first = await launchReady(dataDirectory);
    const load = writeUntilBroken(first.connection);
    await load.underLoad;
    process.kill(first.pid, "SIGKILL");
    await first.host.kill();
    const second = await launchReady(dataDirectory);
    await expectAllThere(second.connection, await load.broken);
    await expect(stat(first.connection.host)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("of the database with a backend that outlives it: the next start waits for that one to end", async () => {
    const dataDirectory = await seed.copy();
    const first = await launchReady(dataDirectory);
    const sql = postgres({ fetch_types: false, ...first.connection, max: 1 });
    const [row] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    const backend = row?.pid as number;
    process.kill(backend, "SIGSTOP");
    process.kill(first.pid, "SIGKILL");
    await first.host.said("exited");
    const second = launch(dataDirectory);
    await second.said("log", (line) => line.includes("is still in use"));
    process.kill(backend, "SIGCONT");
    await second.said("ready");
    await sql.end({ timeout: 0 });
  });

  it("of the server while it makes the database leaves nothing in the way of the next start", async () => {
    const dataDirectory = await freshDataDirectory();
    await mkdir(dataDirectory);
    const host = launch(dataDirectory);
    await appears(dataDirectory, (name) => name.startsWith("postgres.new-"));
    await host.kill();
    expect(await readdir(dataDirectory)).not.toContain("postgres");
    await launchReady(dataDirectory);
    const names = await readdir(dataDirectory);
    expect(names).toContain("postgres");
    expect(names.filter((name) => name.startsWith("postgres.new-"))).toEqual([]);
  });
});

async function appears(directory: string, wanted: (name: string) => boolean): Promise<void> {
  const stop = new AbortController();
  const changes = watch(directory, { signal: stop.signal });
  if ((await readdir(directory)).some(wanted)) return stop.abort();
  for await (const { filename } of changes) if (filename && wanted(filename)) return;
}

describe("a process-id file of a run that was killed", () => {
  async function killedRun() {
    const dataDirectory = await seed.copy();
    const { host, pid } = await launchReady(dataDirectory);
    process.kill(pid, "SIGKILL");
    await host.said("exited");
    return { dataDirectory, pidFile: join(dataDirectory, "postgres/postmaster.pid") };
  }

  async function namePid(pidFile: string, pid: number) {
    const lines = (await readFile(pidFile, "utf8")).split("\n");
    await writeFile(pidFile, [pid, ...lines.slice(1)].join("\n"));
  }

  function bystander(uid: number | undefined): ChildProcess {
    const child = spawn("sleep", ["600"], uid === undefined ? {} : { uid });
    onTestFinished(() => void child.kill());
    return child;
  }

  it("does not keep the next start away when another process of the same user has that number", async () => {
    const { dataDirectory, pidFile } = await killedRun();
    const other = bystander(isRoot ? (await stat(pidFile)).uid : undefined);
    await once(other, "spawn");
    await namePid(pidFile, other.pid as number);
    await launchReady(dataDirectory);
    expect(other.exitCode).toBe(null);
    expect(other.signalCode).toBe(null);
  });

  it("does not keep the next start away when the number is of the very process that starts", async () => {
    const { dataDirectory, pidFile } = await killedRun();
    const starter = spawn("sh", [
      "-c",
      `sed -i "1s/.*/$$/" "$2"; exec "$0" "$1" "$3"`,
      process.execPath,
      installation.program,
      pidFile,
      dataDirectory,
    ]);
    onTestFinished(() => void starter.stdin.end());
    await waitForOutput(starter, '"event":"ready"');
  });

  it.each(["", "not a number\n", "0\n"])(
    "does not keep the next start away when it holds %j",
    async (content) => {
      const { dataDirectory, pidFile } = await killedRun();
      await writeFile(pidFile, content);
      await launchReady(dataDirectory);
    },
  );
});

async function waitForOutput(child: ChildProcess, wanted: string): Promise<void> {
  let output = "";
  for await (const chunk of child.stdout ?? []) {
    output += chunk;
    if (output.includes(wanted)) return;
  }
  throw new Error(`no ${wanted} in: ${output}`);
}
