import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** What a process has open beside its sockets: libraries, pipes, connections of the database. */
const REST = 500;

/**
 * Makes sure that every process started from here on may hold so many sockets; Node.js itself raises its limit as far as it
 * may.
 *
 * @returns null, or the sentence that says why it cannot be.
 */
export async function allowSockets(sockets: number): Promise<string | null> {
  const needed = sockets + REST;
  if (hardLimit() >= needed) return null;
  try {
    await promisify(execFile)("prlimit", [`--pid=${process.pid}`, `--nofile=${needed}:${needed}`]);
    return null;
  } catch {
    return `a process may have ${hardLimit()} files open and needs ${needed}: raise that limit (\`ulimit -n\`, or \`nofile\` in limits.conf)`;
  }
}

function hardLimit(): number {
  const limit = /^Max open files +\S+ +(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}
