import { type BackgroundWork, type BackgroundWorkOptions, startBackgroundWork } from "../background-work.ts";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database, Sql } from "../db/database.ts";
import {
  forgetReleased,
  lockReleased,
  postponeReleased,
  type ReleasedBlob,
  removeForgotten,
  removeUnnamedOf,
} from "./sweeping-store.ts";

/** Milliseconds. */
const INTERVAL = 5 * 60_000;
/** Files of one transaction at most. */
const FILES = 1_000;
/** Blobs of one transaction at most: it stays open while they are removed. */
const BLOBS = 100;
/** Files of a deleted account that go with it; of more, the rest goes within a day. */
const FILES_OF_ACCOUNT = 10_000;

/** What sweeping needs from the rest of the server. */
export interface SweepingDependencies extends Pick<BackgroundWorkOptions, "log"> {
  readonly database: Database;
  readonly blobs: Pick<Blobs, "remove">;
}

/** Removes in the background the files that nobody names, and the blobs that files and uploads have left behind. */
export interface Sweeping extends BackgroundWork {
  /** The files' share in deleting an account: those that no message names. @returns what goes on after the commit. */
  forgetUser(sql: Sql, userId: number): Promise<() => void>;
}

/** Builds it. Several processes may sweep one database at once. */
export function startSweeping(dependencies: SweepingDependencies): Sweeping {
  const { resume, close } = startBackgroundWork({
    log: dependencies.log,
    failure: "could not sweep files",
    interval: INTERVAL,
    step: async (signal) => {
      await sweep(dependencies, signal);
      return false;
    },
  });
  return {
    resume,
    close,
    forgetUser: async (sql, userId) => {
      await removeUnnamedOf(sql, userId, FILES_OF_ACCOUNT);
      return resume;
    },
  };
}

/** Removes all that is due, in batches, so that no transaction is long. */
export async function sweep(dependencies: SweepingDependencies, signal?: AbortSignal): Promise<void> {
  const { database } = dependencies;
  await inBatches(FILES, signal, () => database.transaction((sql) => removeForgotten(sql, FILES)));
  await inBatches(BLOBS, signal, () => database.transaction((sql) => removeBlobs(dependencies, sql)));
}

async function inBatches(
  size: number,
  signal: AbortSignal | undefined,
  removeBatch: () => Promise<number>,
): Promise<void> {
  while (!signal?.aborted) {
    if ((await removeBatch()) < size) return;
  }
}

/** @returns how many were looked at. */
async function removeBlobs({ blobs, log }: SweepingDependencies, sql: Sql): Promise<number> {
  const released = await lockReleased(sql, BLOBS);
  const failed: ReleasedBlob[] = [];
  for (const entry of released.filter(({ isKept }) => !isKept)) {
    await blobs.remove(entry.blob).catch((error: unknown) => {
      failed.push(entry);
      log.warn({ err: error }, "could not remove a file from the media folder");
    });
  }
  const done = released.filter((entry) => !failed.includes(entry));
  if (done.length > 0) await forgetReleased(sql, idsOf(done));
  if (failed.length > 0) await postponeReleased(sql, idsOf(failed));
  return released.length;
}

function idsOf(released: readonly ReleasedBlob[]): number[] {
  return released.map(({ id }) => id);
}
