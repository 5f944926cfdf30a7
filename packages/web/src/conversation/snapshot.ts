import type { Message } from "@tacit/client";
import type { Row } from "./rows.ts";

/** Where the list is to go. */
export interface Aim {
  /** Grows with every aim, so that the same can be asked for twice. */
  readonly serial: number;
  /** Key of a line; without one, the end. */
  readonly key: string | undefined;
  readonly align: "start" | "center" | "end";
  /** Pixels between the top of the screen and the line, of `start`. */
  readonly offset: number;
  /** It is shown which line was meant. */
  readonly isMarked: boolean;
}

/** What of a chat is shown. It is replaced as a whole when something changes. */
export interface Snapshot {
  readonly rows: readonly Row[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** Nothing can be shown yet. */
  readonly isOpening: boolean;
  readonly isLoading: "older" | "newer" | undefined;
  /** Older messages could not be fetched. */
  readonly isOlderMissing: boolean;
  /** How far the way to a message that this device does not hold has been gone, 0 to 1. */
  readonly reaching: number | undefined;
  /** Why something could not be read. */
  readonly error: unknown;
  /** I am not in this chat, or it is gone. */
  readonly isGone: boolean;
  readonly aim: Aim | undefined;
  /** Grows when other messages were put in place of all. */
  readonly epoch: number;
  /** What others wrote since the chat was opened, the latest that came together. */
  readonly arrived: readonly Message[];
  /** Grows when a message that was asked for turns out to be gone. */
  readonly missed: number;
}

/** Where somebody was when they left a chat. */
export interface Place {
  readonly id: number;
  readonly key: string;
  readonly offset: number;
}

/** Nothing is shown yet. */
export const CLOSED: Snapshot = {
  rows: [],
  hasOlder: true,
  hasNewer: false,
  isOpening: true,
  isLoading: undefined,
  isOlderMissing: false,
  reaching: undefined,
  error: undefined,
  isGone: false,
  aim: undefined,
  epoch: 0,
  arrived: [],
  missed: 0,
};
