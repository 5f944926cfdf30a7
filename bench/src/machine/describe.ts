import { execFile } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";
import { REPOSITORY } from "../system/paths.ts";

/** What the figures depend on and a reader needs, without anything that names the machine. */
export async function describeMachine(): Promise<string[]> {
  const cores = cpus();
  return [
    `commit ${await commit()}`,
    `${cores.length} cores (${cores[0]?.model.trim() ?? "unknown"}), shared by server, database and load generators`,
    `${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${type()} ${release().split("-")[0]}, Node.js ${process.version}`,
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
