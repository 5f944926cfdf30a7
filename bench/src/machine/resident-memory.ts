import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "./processes.ts";

const POLL_MS = 250;
/** For so many looks in a row the size must stay within the tolerance. */
const LOOKS = 16;
const TOLERANCE = 2 ** 20;
const MAX_LOOKS = 160;

/**
 * Waits until a process neither grows nor shrinks, for at most 40 s. No garbage collection is asked for: what a process keeps,
 * its machine has to have.
 *
 * @returns its resident bytes.
 */
export async function settledResidentBytes(pid: number): Promise<number> {
  const looks = [residentBytes(pid)];
  while (looks.length < MAX_LOOKS) {
    await delay(POLL_MS);
    looks.push(residentBytes(pid));
    const latest = looks.slice(-LOOKS);
    if (latest.length === LOOKS && Math.max(...latest) - Math.min(...latest) <= TOLERANCE) break;
  }
  return looks.at(-1) ?? Number.NaN;
}

const SAMPLE_MS = 20;

/** What a process had at most while `work` ran. */
export async function peakResidentBytes(pid: number, work: () => Promise<unknown>): Promise<number> {
  let peak = residentBytes(pid);
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}
