import { type BackgroundWork, type BackgroundWorkOptions, startBackgroundWork } from "../background-work.ts";
import type { Database } from "../db/database.ts";
import { eraseBatch } from "./erasure-store.ts";

/** What erasing needs from the rest of the server. */
export interface ErasureDependencies extends Pick<BackgroundWorkOptions, "log"> {
  readonly database: Database;
  /** Goes on removing what files leave behind. */
  readonly resumeSweeping: () => void;
}

/** Erases in the background what very long chats leave behind, and has their files swept. */
export function startErasure({ database, log, resumeSweeping }: ErasureDependencies): BackgroundWork {
  return startBackgroundWork({
    log,
    failure: "could not erase the messages of a deleted chat",
    step: async () => {
      const isMore = await database.transaction(eraseBatch);
      resumeSweeping();
      return isMore;
    },
  });
}
