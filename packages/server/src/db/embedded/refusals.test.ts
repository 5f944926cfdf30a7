import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { findBinaries, linkLibraries } from "./binaries.ts";
import { startEmbeddedPostgres } from "./embedded.ts";
import { freshDataDirectory, makeSeed, type Seed } from "./fixtures/data-directories.ts";
import { startHost } from "./fixtures/host.ts";
import { type Installation, makeInstallation } from "./fixtures/installation.ts";
import { isRoot, NOBODY } from "./fixtures/processes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let installation: Installation;
let seed: Seed;
beforeAll(async () => {
  // Some of the tests run it as another user, who must be able to read it.
  [installation, seed] = await Promise.all([makeInstallation(0o755), makeSeed()]);
});
afterAll(() => Promise.all([installation.remove(), seed.remove()]));

const log = () => undefined;

async function startHere(dataDirectory: string) {
  const database = await startEmbeddedPostgres({ dataDirectory, log });
  onTestFinished(() => database.stop());
  return database;
}

describe("a second server on the same data directory", () => {
  it("is refused, and the first goes on untouched", async () => {
    const dataDirectory = await seed.copy();
    const first = await startHere(dataDirectory);
    const sql = postgres({ fetch_types: false, ...first.connection, max: 1 });
    onTestFinished(() => sql.end());
    await sql`CREATE TEMPORARY TABLE session_marker ()`;
    const second = startHost(installation.program, dataDirectory);
    expect(await second.said("failed")).toMatchObject({
      code: "already_running",
      message: expect.stringContaining("already runs on this data directory"),
    });
    await expect(startHere(dataDirectory)).rejects.toMatchObject({ code: "already_running" });
    // The same session still lives, and a new one can be made.
    await sql`SELECT * FROM session_marker`;
    const fresh = postgres({ fetch_types: false, ...first.connection, max: 1 });
    await fresh`SELECT 1`;
    await fresh.end();
  });

  it("is refused when both start for the first time at the same moment", async () => {
    const dataDirectory = await freshDataDirectory();
    const hosts = Array.from({ length: 4 }, () => startHost(installation.program, dataDirectory));
    const outcomes = await Promise.all(
      hosts.map((host) => Promise.race([host.said("ready"), host.said("failed")]).then(({ event }) => event)),
    );
    const refused = await Promise.all(
      hosts.filter((_, index) => outcomes[index] === "failed").map((host) => host.said("failed")),
    );
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill("already_running"));
    await hosts[outcomes.indexOf("ready")]?.stop();
  });

  it("is refused when an operator's own PostgreSQL has the cluster open, and that one is left alone", async () => {
    const dataDirectory = await seed.copy();
    const cluster = join(dataDirectory, "postgres");
    const { uid, gid } = await stat(cluster);
    const { postgres: program } = await findBinaries();
    // Root's way to another user would not reach a home directory only root can enter; this path is in /tmp.
    if (isRoot) await chmod(join(dataDirectory, ".."), 0o755).then(() => chmod(dataDirectory, 0o755));
    const child = spawn(
      program,
      ["-D", cluster, "-c", "listen_addresses=", "-k", cluster],
      isRoot ? { uid, gid } : {},
    );
    onTestFinished(async () => {
      child.kill("SIGINT");
      if (child.exitCode === null) await once(child, "exit");
    });
    for await (const chunk of child.stderr) if (`${chunk}`.includes("ready to accept connections")) break;
    await expect(startHere(dataDirectory)).rejects.toMatchObject({
      code: "already_running",
      message: expect.stringContaining(`process ${child.pid}`),
    });
    expect(child.exitCode).toBe(null);
    expect(await readFile(join(cluster, "postmaster.pid"), "utf8")).toContain(`${child.pid}\n`);
  });
});

describe("a data directory", () => {
  it("of another major version is refused with the way to move it", async () => {
    const dataDirectory = await freshDataDirectory();
    await mkdir(join(dataDirectory, "postgres"), { recursive: true });
    await writeFile(join(dataDirectory, "postgres/PG_VERSION"), "17\n");
    await expect(startHere(dataDirectory)).rejects.toMatchObject({
      code: "wrong_version",
      message: expect.stringMatching(/PostgreSQL 17.*PostgreSQL 18.*dump.*restore/),
    });
    expect(await readdir(join(dataDirectory, "postgres"))).toEqual(["PG_VERSION"]);
  });

  it("whose folder for the cluster holds something else is refused, and nothing in it is touched", async () => {
    const dataDirectory = await freshDataDirectory();
    await mkdir(join(dataDirectory, "postgres"), { recursive: true });
    await writeFile(join(dataDirectory, "postgres/letters.txt"), "mine");
    await expect(startHere(dataDirectory)).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining("move it away"),
    });
    expect(await readdir(join(dataDirectory, "postgres"))).toEqual(["letters.txt"]);
  });

  it("that is a file is refused", async () => {
    const dataDirectory = await freshDataDirectory();
    await writeFile(dataDirectory, "");
    await expect(startHere(dataDirectory)).rejects.toMatchObject({ code: "start_failed" });
  });

  it.skipIf(isRoot)("that cannot be written is refused", async () => {
    const dataDirectory = await freshDataDirectory();
    await mkdir(dataDirectory, { mode: 0o500 });
    await expect(startHere(dataDirectory)).rejects.toMatchObject({ code: "not_writable" });
  });

  it.runIf(isRoot)(
    "that cannot be written by an ordinary user is refused (root only: it becomes one)",
    async () => {
      const installation = await makeInstallation(0o755);
      onTestFinished(() => installation.remove());
      const dataDirectory = await freshDataDirectory();
      await chmod(join(dataDirectory, ".."), 0o755);
      const refusal = () =>
        startHost(installation.program, dataDirectory, { uid: NOBODY, gid: NOBODY }).said("failed");
      expect(await refusal()).toMatchObject({ code: "not_writable" });
      await (await startHere(dataDirectory)).stop();
      expect(await refusal()).toMatchObject({ code: "not_writable" });
      await chmod(dataDirectory, 0o777);
      expect(await refusal()).toMatchObject({ code: "not_writable" });
    },
  );

  it.runIf(isRoot)("on a read-only file system is refused (root only: it mounts one)", async () => {
    const dataDirectory = await mountSmallDisk("size=200m");
    await (await startHere(dataDirectory)).stop();
    execFileSync("mount", ["-o", "remount,ro", dataDirectory]);
    await expect(startHere(dataDirectory)).rejects.toMatchObject({ code: "not_writable" });
  });
});

async function mountSmallDisk(options: string): Promise<string> {
  const directory = await freshDataDirectory("disk");
  await mkdir(directory);
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  onTestFinished(() => void execFileSync("umount", [directory]));
  return directory;
}

describe("a system without what is needed", () => {
  it("is told to set DATABASE_URL when there is no package for the platform", async () => {
    await expect(findBinaries("sunos-x64")).rejects.toMatchObject({
      code: "unsupported_platform",
      message: expect.stringContaining("set DATABASE_URL"),
    });
  });

  it("is told to set DATABASE_URL when the package is not installed", async () => {
    const other = process.platform === "darwin" ? "linux-arm64" : "darwin-arm64";
    await expect(findBinaries(other)).rejects.toMatchObject({
      code: "unsupported_platform",
      message: expect.stringMatching(/not installed.*set DATABASE_URL/),
    });
  });

  it("is told to set DATABASE_URL when the programs do not run there", async () => {
    const broken = await makeInstallation();
    onTestFinished(() => broken.remove());
    // As on musl, where the program's loader is missing.
    const program = join(broken.postgresPackage, "native/bin/postgres");
    await rm(program);
    await writeFile(program, "#!/lib64/no-such-loader\n", { mode: 0o755 });
    const host = startHost(broken.program, await freshDataDirectory());
    expect(await host.said("failed")).toMatchObject({
      code: "unsupported_platform",
      message: expect.stringContaining("set DATABASE_URL"),
    });
  });

  it.runIf(isRoot)("is told to set DATABASE_URL when root has no setpriv (root only)", async () => {
    const host = startHost(installation.program, await freshDataDirectory(), { env: { PATH: "" } });
    expect(await host.said("failed")).toMatchObject({
      code: "no_privilege_tool",
      message: expect.stringMatching(/setpriv.*missing.*set DATABASE_URL/),
    });
  });

  it.runIf(isRoot)("is told so when a container keeps root from changing the user (root only)", async () => {
    const host = startHost(installation.program, await freshDataDirectory(), {
      through: ["setpriv", "--bounding-set=-setpcap,-setuid,-setgid"],
    });
    expect(await host.said("failed")).toMatchObject({
      code: "no_privilege_tool",
      message: expect.stringMatching(/setpriv cannot change the user.*set DATABASE_URL/),
    });
  });

  it("is told what to do when library links are missing and cannot be made", async () => {
    const root = await freshDataDirectory();
    await mkdir(join(root, "native"), { recursive: true });
    // No directory can be made under a file, not even by root.
    await writeFile(join(root, "native/lib"), "");
    const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
    await writeFile(join(root, "native/pg-symlinks.json"), JSON.stringify(links));
    await expect(linkLibraries(root)).rejects.toMatchObject({
      code: "not_writable",
      message: expect.stringContaining("DATABASE_URL"),
    });
  });
});
