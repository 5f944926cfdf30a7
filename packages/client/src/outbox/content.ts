import { TacitError } from "../errors.ts";
import { SPOKEN } from "../messages/content.ts";
import type { MessageRecord, OutgoingContent } from "../store/tables.ts";

/** What a message says from now on; its files stay. */
export interface NewContent {
  readonly text: string;
  readonly document?: Readonly<Record<string, unknown>>;
}

/** The protocol's `message_type` of something new. */
export function typeOf({ kind }: OutgoingContent): string {
  return SPOKEN.has(kind) ? kind : "text";
}

/** What a message says, to be said again. @throws TacitError `not_possible`, `unreadable_message` */
export function saidAgain({ type, system, content }: MessageRecord): OutgoingContent {
  if (system) throw notPossible("What the server wrote can neither be edited nor forwarded.");
  if (!content) throw new TacitError("unreadable_message", "This message cannot be read.");
  const { text, kind, document, attachments } = content;
  return { kind: SPOKEN.has(type) ? type : kind, text, attachments, ...(document && { document }) };
}

/** The same with other words. */
export function reworded(
  { kind, attachments }: OutgoingContent,
  { text, document }: NewContent,
): OutgoingContent {
  if (!document) return { kind: SPOKEN.has(kind) ? kind : "text", text, attachments };
  const { type } = document;
  return { kind: typeof type === "string" ? type : "text", text, attachments, document };
}

/** @param why one plain sentence */
export function notPossible(why: string): TacitError {
  return new TacitError("not_possible", why);
}
