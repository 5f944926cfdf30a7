import { type FileMetadata, utf8Length } from "@tacit/protocol";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { MessageContent, OutgoingContent } from "../store/tables.ts";
import { describeAttachment, readAttachments } from "./attachments.ts";
import { looksLikeDocument, readDocument, textOf, writeDocument } from "./document.ts";

/**
 * Reads what a message says. Never throws: what is no good document is the text that it is.
 *
 * @param key the message's, 32 octets; absent for what is not encrypted
 */
export function readContent(
  plaintext: string,
  metadata: readonly FileMetadata[] | null,
  key?: Uint8Array,
): MessageContent {
  const document = readDocument(plaintext);
  const rest = {
    attachments: readAttachments(metadata, document?.files),
    ...(key && { key: toBase64(key) }),
  };
  if (!document) return { kind: "text", text: plaintext, ...rest };
  const { type } = document;
  if (type === "text") return { kind: "text", text: textOf(document, "text", "fallback") ?? "", ...rest };
  return { kind: type, text: textOf(document, "fallback", "text") ?? "", document, ...rest };
}

/** For whom a plaintext is written. */
export interface Audience {
  /** Everyone reads documents. */
  readonly modern: boolean;
  /** Octets of UTF-8 that the plaintext may have. */
  readonly room: number;
}

/** Message types of their own, whose content is text. */
export const SPOKEN: ReadonlySet<string> = new Set(["voice_message", "video_message"]);

/**
 * Writes what a message says: as text where text says it, else as a document. Thumbnails that have no room are left out,
 * from the last file on.
 *
 * @throws TacitError `message_too_large`
 */
export function writeContent(content: OutgoingContent, { modern, room }: Audience): string {
  const files = modern ? content.attachments.length : 0;
  for (let thumbnails = files; thumbnails >= 0; thumbnails--) {
    const plaintext = plaintextOf(content, files > 0, thumbnails);
    if (utf8Length(plaintext) <= room) return plaintext;
  }
  throw tooLarge();
}

/** What refuses a message for its size. */
export function tooLarge(): TacitError {
  return new TacitError("message_too_large", "This is more than a message can hold.");
}

function plaintextOf(content: OutgoingContent, describeFiles: boolean, thumbnails: number): string {
  const { kind, text, document, attachments } = content;
  const isText = kind === "text" || SPOKEN.has(kind);
  if (isText && !document && !describeFiles && !looksLikeDocument(text)) return text;
  const files = attachments.map((file, at) => describeAttachment(file, at < thumbnails));
  const { files: _, ...own } = document ?? {};
  const words = isText ? { text } : fallbackOf(own, text);
  return writeDocument(isText ? "text" : kind, { ...own, ...words, ...(describeFiles && { files }) });
}

/** What clients show that do not know the document's type. */
function fallbackOf(document: Readonly<Record<string, unknown>>, text: string) {
  return text === "" || textOf(document, "fallback", "text") !== undefined ? {} : { fallback: text };
}
