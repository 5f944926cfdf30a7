import type { BaseLogger } from "pino";
import type { Database } from "../db/database.ts";
import { removeReleased } from "./store.ts";

/** What removing needs from the rest of the server. */
export interface RemovalDependencies {
  readonly database: Database;
  readonly log: Pick<BaseLogger, "warn">;
}

/** Removes in the background the pictures that nobody uses any more. */
export interface Removal {
  /** Looks for pictures to remove, unless that is under way. What fails now is found by the next call or start. */
  resume(): void;
  /** Stops after the picture that is under way. */
  close(): Promise<void>;
}

/** Builds it, and goes on with what an earlier process has not finished. */
export function startRemoval({ database, log }: RemovalDependencies): Removal {
  let isWanted = false;
  let isClosing = false;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    try {
      while (isWanted && !isClosing) {
        isWanted = false;
        if (await database.transaction(removeReleased)) isWanted = true;
      }
    } catch (error) {
      log.warn({ err: error }, "could not remove pictures that nobody uses");
    }
    working = null;
  }

  const resume = () => {
    isWanted = true;
    working ??= work();
  };
  resume();
  return {
    resume,
    close: async () => {
      isClosing = true;
      await working;
    },
  };
}
