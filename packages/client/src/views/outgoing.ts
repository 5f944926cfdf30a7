import type { OutgoingFile } from "../media/outgoing-file.ts";

/** A message to be sent. */
export interface Outgoing {
  /** Default: none, for files alone. */
  readonly text?: string;
  /** Another kind of content than text (CRYPTO.md, section 4); `text` is then what clients show that do not know it. */
  readonly document?: Readonly<Record<string, unknown>> & { readonly type: string };
  /** At most 32, each up to 50 MiB. */
  readonly files?: readonly OutgoingFile[];
  /** The message that this one answers; it has to be sent already. */
  readonly replyTo?: number | { readonly id: number | undefined };
  /** A recording; it has exactly one file. */
  readonly type?: "voice_message" | "video_message";
  /** Ends the work before it is in the outbox; {@link Message.discard} does so after. */
  readonly signal?: AbortSignal;
}
