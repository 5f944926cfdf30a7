import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** With these it asks nothing of the network by itself. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** True if Chromium is installed where `CHROMIUM_PATH` says, or where Debian has it. In CI it has to be. */
export function hasChromium(): boolean {
  const present = existsSync(EXECUTABLE);
  if (!present && process.env.CI) throw new Error(`CI needs Chromium, and there is none at ${EXECUTABLE}`);
  return present;
}

/** What a person without Chromium is told. */
export const HOW_TO_RUN = `there is no ${EXECUTABLE}. To run it: apt-get install chromium, or CHROMIUM_PATH=<path> npm test`;

/** Starts the system's Chromium, which asks nothing of the network by itself. @param more further arguments of its command line */
export function launchChromium(more: readonly string[] = [], options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: [...ARGUMENTS, ...more], ...options });
}

/** A Chromium that keeps what it has in a folder, as a person's does. */
export interface KeepingChromium {
  readonly context: BrowserContext;
  /** Ends all its processes with SIGKILL. */
  kill(): Promise<void>;
}

/** Starts Chromium with a profile. @param profile a folder, new or from an earlier start */
export async function launchWithProfile(
  profile: string,
  options: Parameters<typeof chromium.launchPersistentContext>[1] = {},
): Promise<KeepingChromium> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: ARGUMENTS,
    ...options,
  });
  const kill = async () => {
    const closed = new Promise<void>((resolve) => context.once("close", () => resolve()));
    for (const pid of await processesWith(`--user-data-dir=${profile}`)) killIfThere(pid);
    await closed;
  };
  return { context, kill };
}

/** Processes with this argument on their command line: `proc(5)`. */
async function processesWith(argument: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return pids.filter((_, index) => lines[index]?.split("\0").includes(argument));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // One of them may have gone with another.
  }
}
