import { chmod, chown, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { linkLibraries } from "./binaries.ts";
import { startEmbeddedPostgres } from "./embedded.ts";
import { freshDataDirectory } from "./fixtures/data-directories.ts";
import { type HostOptions, startHost } from "./fixtures/host.ts";
import { type Installation, makeInstallation } from "./fixtures/installation.ts";
import { isRoot, isRunning, NOBODY, waitUntilGone } from "./fixtures/processes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

async function launchReady(installation: Installation, dataDirectory: string, options?: HostOptions) {
  const host = startHost(installation.program, dataDirectory, options);
  onTestFinished(async () => {
    if (host.child.exitCode === null && host.child.signalCode === null) await host.stop();
  });
  return { host, ...(await host.said("ready")) };
}

async function userOf(pid: number): Promise<number> {
  return Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
}

describe("an installation in a home directory that only its user can enter", () => {
  let home: Installation;
  beforeAll(async () => {
    home = await makeInstallation(0o700);
  });
  afterAll(() => home.remove());

  it("starts twice with the data directory in that home", async () => {
    const dataDirectory = join(home.directory, "data");
    const first = await launchReady(home, dataDirectory);
    await first.host.stop();
    const second = await launchReady(home, dataDirectory);
    if (isRoot) expect(await userOf(second.pid)).not.toBe(0);
    await second.host.stop();
    await rm(dataDirectory, { recursive: true });
  });

  it("starts though the package manager made no library links", async () => {
    await removeLinks(home);
    await launchReady(home, await freshDataDirectory());
  });

  it("starts from several processes at once though the package manager made no library links", async () => {
    await removeLinks(home);
    const directories = await Promise.all(Array.from({ length: 4 }, () => freshDataDirectory()));
    await Promise.all(directories.map((directory) => launchReady(home, directory)));
    const left = await readdir(join(home.postgresPackage, "native/lib"));
    expect(left.filter((name) => /\.[0-9a-f]{12}$/.test(name))).toEqual([]);
  });

  it("repairs a library link that leads nowhere", async () => {
    const link = join(home.postgresPackage, "native/lib/libpq.so.5");
    await rm(link);
    await symlink("gone", link);
    await linkLibraries(home.postgresPackage);
    expect((await readFile(link)).byteLength).toBeGreaterThan(1000);
  });
});

async function removeLinks({ postgresPackage }: Installation): Promise<void> {
  const list = await readFile(join(postgresPackage, "native/pg-symlinks.json"), "utf8");
  for (const { target } of JSON.parse(list) as { target: string }[]) await rm(join(postgresPackage, target));
}

it.each(["a directory with spaces", "каталог 'с кавычками' $HOME", `${"long/".repeat(40)}path`])(
  "runs in %j",
  async (name) => {
    const dataDirectory = await freshDataDirectory(name);
    const database = await startEmbeddedPostgres({ dataDirectory, log: () => undefined });
    onTestFinished(() => database.stop());
    const sql = postgres({ fetch_types: false, ...database.connection, max: 1 });
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    await sql.end();
  },
);

describe.runIf(isRoot)("an ordinary user (root only: the tests become one)", () => {
  const asNobody = { uid: NOBODY, gid: NOBODY };
  let installation: Installation;
  beforeAll(async () => {
    installation = await makeInstallation(0o755);
  });
  afterAll(() => installation.remove());

  async function nobodysDirectory(): Promise<string> {
    const dataDirectory = await freshDataDirectory();
    await chown(join(dataDirectory, ".."), NOBODY, NOBODY);
    return dataDirectory;
  }

  it("runs PostgreSQL as that user, which ends with a server that was killed", async () => {
    const dataDirectory = await nobodysDirectory();
    const first = await launchReady(installation, dataDirectory, asNobody);
    expect(await userOf(first.pid)).toBe(NOBODY);
    await first.host.kill();
    await waitUntilGone(first.pid, 5000);
    const second = await launchReady(installation, dataDirectory, asNobody);
    await second.host.stop();
    expect(await second.host.said("exited")).toMatchObject({ code: 0, expected: true });
  });

  it("without setpriv runs too, and the next start ends the database a killed server left", async () => {
    const dataDirectory = await nobodysDirectory();
    const withoutTools = { ...asNobody, env: { PATH: "" } };
    const first = await launchReady(installation, dataDirectory, withoutTools);
    await first.host.kill();
    expect(await userOf(first.pid)).toBe(NOBODY);
    await launchReady(installation, dataDirectory, withoutTools);
    expect(await isRunning(first.pid)).toBe(false);
  });

  it("may be followed by root, who runs PostgreSQL as the directory's owner", async () => {
    const dataDirectory = await nobodysDirectory();
    const first = await launchReady(installation, dataDirectory, asNobody);
    await first.host.stop();
    const second = await launchReady(installation, dataDirectory);
    expect(await userOf(second.pid)).toBe(NOBODY);
  });
});

it.runIf(isRoot)("root may bring a cluster that was copied by root (root only)", async () => {
  const dataDirectory = await freshDataDirectory();
  const start = () => startEmbeddedPostgres({ dataDirectory, log: () => undefined });
  await (await start()).stop();
  await chown(join(dataDirectory, "postgres"), 0, 0);
  await chmod(join(dataDirectory, "postgres"), 0o755);
  const database = await start();
  expect(await userOf(database.pid)).not.toBe(0);
  await database.stop();
});
