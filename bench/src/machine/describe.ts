import { execFile } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";
import { REPOSITORY } from "../system/paths.ts";

/**
 * What the figures depend on and a reader needs, without anything that names the machine.
 *
 * @param loadBefore average number of runnable processes in the minute before the measurement.
 */
export async function describeMachine(loadBefore: number): Promise<string[]> {
  const cores = cpus();
  return [
    `commit ${await commit()}`,
    `${cores.length} cores (${cores[0]?.model.trim() ?? "unknown"}), shared by server, database and load generators`,
    `${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${type()} ${release().split("-")[0]}, Node.js ${process.version}`,
    `load average ${loadBefore.toFixed(1)} before the measurement: what other programs took is missing in every figure`,
  ];
}

async function commit(): Promise<string> {
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: REPOSITORY });
  try {
    const { stdout: head } = await git("rev-parse", "--short", "HEAD");
    const { stdout: changes } = await git("status", "--porcelain", "--", "packages");
    return changes.trim() === "" ? head.trim() : `${head.trim()} with uncommitted changes`;
  } catch {
    return "unknown";
  }
}
