import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { percentile } from "../statistics.ts";

/** Milliseconds that the disk takes to make a small append durable: the floor under every commit. */
export interface FsyncLatency {
  readonly p50: number;
  readonly p99: number;
}

/** What a small commit writes. */
const APPEND_BYTES = 8192;

/** Appends and calls fdatasync, one after the other, as PostgreSQL does with its log; the file is extended beforehand, too. */
export async function measureFsync(directory: string, appends = 500): Promise<FsyncLatency> {
  const path = join(directory, "fsync-probe");
  const preallocated = await open(path, "w");
  await preallocated.writeFile(Buffer.alloc(APPEND_BYTES * appends));
  await preallocated.sync();
  await preallocated.close();
  const latencies = timeAppends(path, appends);
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** Synchronous, so that nothing but the disk is in the figure. */
function timeAppends(path: string, appends: number): number[] {
  const file = openSync(path, "r+");
  const block = Buffer.alloc(APPEND_BYTES, 1);
  const latencies: number[] = [];
  for (let index = 0; index < appends; index += 1) {
    const begin = performance.now();
    writeSync(file, block, 0, block.length, index * block.length);
    fdatasyncSync(file);
    latencies.push(performance.now() - begin);
  }
  closeSync(file);
  return latencies;
}
