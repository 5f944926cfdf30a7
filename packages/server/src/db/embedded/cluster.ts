import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { syncDirectory } from "../../durable-files.ts";
import type { Binaries } from "./binaries.ts";
import { generatePasswords, keepPasswords, SUPERUSER_ROLE, superuserPasswordFile } from "./credentials.ts";
import { failureFromOutput } from "./diagnosis.ts";
import { EmbeddedPostgresError } from "./errors.ts";
import type { Launcher, Owner } from "./privileges.ts";
import { createRoles } from "./roles.ts";
import { run } from "./run.ts";

/** The major version of PostgreSQL whose data directories this release of Tacit reads. */
export const MAJOR_VERSION = "18";

const UNFINISHED = "postgres.new-";

/** Where the cluster of a data directory lives. */
export function clusterDirectory(dataDirectory: string): string {
  return join(dataDirectory, "postgres");
}

/** Who owns the cluster, undefined when there is none yet or it belongs to root. */
export async function clusterOwner(dataDirectory: string): Promise<Owner | undefined> {
  const found = await stat(clusterDirectory(dataDirectory)).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

/** Whether a finished cluster is there. Throws `wrong_version` for another major version's. */
export async function hasCluster(dataDirectory: string): Promise<boolean> {
  const directory = clusterDirectory(dataDirectory);
  const version = await readVersion(directory);
  if (version === undefined) return false;
  if (version === MAJOR_VERSION) return true;
  const message = `${directory} was made by PostgreSQL ${version || "(unknown)"}, this Tacit brings PostgreSQL ${MAJOR_VERSION}: dump the data with the Tacit release that made it, move the directory away, start this one and restore the dump.`;
  throw new EmbeddedPostgresError("wrong_version", message);
}

async function readVersion(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const content = await readdir(directory).catch(() => []);
  if (content.length === 0) return undefined;
  const message = `${directory} is not empty and holds no PostgreSQL data: move it away and start again.`;
  throw new EmbeddedPostgresError("start_failed", message);
}

/**
 * Makes the cluster with its roles and database under another name and renames it when it is whole and on
 * disk, so that being killed in the middle leaves nothing that looks like a cluster.
 */
export async function createCluster(dataDirectory: string, launcher: Launcher, binaries: Binaries) {
  await removeUnfinished(dataDirectory);
  // A name of its own: a killed run's initdb that is still ending must not write into this one.
  const fresh = join(dataDirectory, `${UNFINISHED}${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(fresh, { mode: 0o700 });
    if (launcher.owner) await chown(fresh, launcher.owner.uid, launcher.owner.gid);
    const passwords = generatePasswords();
    await keepPasswords(dataDirectory, passwords);
    await initialise(fresh, superuserPasswordFile(dataDirectory), launcher, binaries);
    await createRoles(launcher, binaries.postgres, fresh, passwords);
    await rename(fresh, clusterDirectory(dataDirectory));
    await syncDirectory(dataDirectory);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** Removes what runs that were killed while making a cluster left behind. */
export async function removeUnfinished(dataDirectory: string): Promise<void> {
  const names = (await readdir(dataDirectory)).filter((name) => name.startsWith(UNFINISHED));
  for (const name of names) {
    await rm(join(dataDirectory, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function initialise(directory: string, passwordFile: string, launcher: Launcher, binaries: Binaries) {
  const args = [
    `--pgdata=${directory}`,
    `--username=${SUPERUSER_ROLE}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Plain C does not fold Cyrillic, and the system's locales change their order with its upgrades.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
  ];
  const { code, lines } = await run(launcher.command(binaries.initdb, args, "KILL"));
  if (code !== 0) throw failureFromOutput("Creating the database", directory, lines);
}

/** Gives a cluster that belongs to root (copied there, say) to the user PostgreSQL runs as. */
export async function adoptRootsCluster(dataDirectory: string, launcher: Launcher): Promise<void> {
  const directory = clusterDirectory(dataDirectory);
  if (!launcher.owner || (await stat(directory)).uid !== 0) return;
  await promisify(execFile)("chown", ["-R", "--", `${launcher.owner.uid}:${launcher.owner.gid}`, directory]);
  await chmod(directory, 0o700);
}
