import type { Commands } from "../core/commands.ts";
import type { Change } from "../sync/changes.ts";
import type { CarriedError } from "./carried-error.ts";

/** Somebody asks the writer. `from` is a tab, `id` its own number for the call. */
export interface CallNote {
  readonly kind: "call";
  readonly from: string;
  readonly id: number;
  readonly name: keyof Commands;
  readonly args: unknown[];
}

/** The writer's answer to the tab `to`. */
export interface AnswerNote {
  readonly kind: "answer";
  readonly to: string;
  readonly id: number;
  readonly value?: unknown;
  readonly error?: CarriedError;
}

/** What tabs tell each other over their channel. */
export type Note =
  | CallNote
  | AnswerNote
  | { readonly kind: "change"; readonly change: Change }
  /** There is a new writer: what the one before has not answered is asked anew. */
  | { readonly kind: "ready" };
