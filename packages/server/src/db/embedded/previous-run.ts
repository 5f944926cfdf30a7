import { execFile } from "node:child_process";
import { readFile, readlink, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { isAlive } from "../../live-process.ts";
import { EmbeddedPostgresError } from "./errors.ts";
import { TACIT_MARK } from "./settings.ts";

const WAIT_MS = 10_000;
const POLL_MS = 10;

/**
 * Ends what a run that was killed left in a cluster: waits for its PostgreSQL to shut down, and removes a
 * process-id file that would keep the next one from starting. The caller holds the data directory's lock.
 * Throws `already_running` when a PostgreSQL that Tacit did not start uses the cluster, or after 10 s.
 */
export async function endPreviousRun(cluster: string): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = await readPid(pidFile);
  if (pid === undefined) return;
  await endPostmaster(pid, cluster);
  // The number may belong to anyone by now. A dead one PostgreSQL sees for itself, with its check for
  // backends that survived their postmaster.
  if (!(pid > 0) || isAlive(pid)) await rm(pidFile, { force: true });
}

async function readPid(pidFile: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(pidFile, "utf8"), 10);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

// It is nobody's child that could be waited for, so its end can only be looked for.
async function endPostmaster(pid: number, cluster: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  let asked = false;
  for (;;) {
    const command = await postmasterCommand(pid, cluster);
    if (!command) return;
    if (!command.includes(TACIT_MARK)) throw inUse(cluster, pid, "stop it first");
    if (Date.now() > deadline) throw inUse(cluster, pid, "it is shutting down, start again in a moment");
    // It was told already where a process can be tied to its parent; where not, this tells it.
    if (!asked) askToStop(pid);
    asked = true;
    await delay(POLL_MS);
  }
}

function askToStop(pid: number): void {
  try {
    process.kill(pid, "SIGINT");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The command line of process `pid` if that is a PostgreSQL on this cluster. */
async function postmasterCommand(pid: number, cluster: string): Promise<string[] | undefined> {
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return undefined;
  const command = await commandLine(pid);
  if (!basename(command[0] ?? "").startsWith("postgres")) return undefined;
  // The working directory is the surest sign, but root in a container may be kept from reading it.
  const isHere = command.includes(cluster) || (await workingDirectory(pid)) === cluster;
  return isHere ? command : undefined;
}

async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === "linux") {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
  }
  const shown = await promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", `${pid}`]).catch(
    () => undefined,
  );
  return shown?.stdout.trim().split(" ") ?? [];
}

async function workingDirectory(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

function inUse(cluster: string, pid: number, advice: string): EmbeddedPostgresError {
  const message = `A PostgreSQL (process ${pid}) already uses ${cluster}: ${advice}.`;
  return new EmbeddedPostgresError("already_running", message);
}
