import type { BaseLogger } from "pino";
import type { Database } from "../db/database.ts";
import { eraseBatch } from "./erasure-store.ts";

/** What erasing needs from the rest of the server. */
export interface ErasureDependencies {
  readonly database: Database;
  readonly log: Pick<BaseLogger, "warn">;
  /** Goes on removing what files leave behind. */
  readonly resumeSweeping: () => void;
}

/** Erases in the background what very long chats leave behind. */
export interface Erasure {
  /**
   * Looks for something to erase, unless that is under way, and has its files swept. What fails now is found by the next
   * call or start.
   */
  resume(): void;
  /** Stops after the batch that is under way. */
  close(): Promise<void>;
}

/** Builds it, and goes on with what an earlier process has not finished. */
export function startErasure({ database, log, resumeSweeping }: ErasureDependencies): Erasure {
  let isWanted = false;
  let isClosing = false;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    try {
      while (isWanted && !isClosing) {
        isWanted = false;
        if (await database.transaction(eraseBatch)) isWanted = true;
        resumeSweeping();
      }
    } catch (error) {
      log.warn({ err: error }, "could not erase the messages of a deleted chat");
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
