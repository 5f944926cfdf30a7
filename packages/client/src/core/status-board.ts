import type { Change, ChangeFeed } from "../sync/changes.ts";
import type { Status } from "./commands.ts";

/** Remembers what the feed has told, for tabs that come later. */
export class StatusBoard {
  readonly #online = new Set<number>();
  readonly #stop: () => void;
  #upToDate = false;
  #signedOut: boolean;

  constructor(feed: ChangeFeed, signedOut: boolean) {
    this.#signedOut = signedOut;
    this.#stop = feed.listen((change) => this.#note(change));
  }

  now(connection: Status["connection"]): Status {
    return { connection, upToDate: this.#upToDate, signedOut: this.#signedOut, online: [...this.#online] };
  }

  close(): void {
    this.#stop();
  }

  #note(change: Change): void {
    if (change.kind === "presence") this.#online[change.online ? "add" : "delete"](change.userId);
    else if (change.kind === "sync") this.#upToDate = change.state === "up_to_date";
    else if (change.kind === "session") this.#signedOut = true;
  }
}
