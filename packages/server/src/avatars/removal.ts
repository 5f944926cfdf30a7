import { type BackgroundWork, type BackgroundWorkOptions, startBackgroundWork } from "../background-work.ts";
import type { Database } from "../db/database.ts";
import { removeReleased } from "./store.ts";

/** What removing needs from the rest of the server. */
export interface RemovalDependencies extends Pick<BackgroundWorkOptions, "log"> {
  readonly database: Database;
}

/** Removes in the background the pictures that nobody uses any more. */
export function startRemoval({ database, log }: RemovalDependencies): BackgroundWork {
  return startBackgroundWork({
    log,
    failure: "could not remove pictures that nobody uses",
    step: () => database.transaction(removeReleased),
  });
}
