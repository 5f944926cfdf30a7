import type { Message } from "@tacit/client";
import { clockText } from "../language/dates.ts";
import type { Texts } from "../language/en/index.ts";
import { type NamesOf, systemText } from "./system-text.ts";

/** A message in one line. */
export interface Preview {
  /** Whose it is: "You", or a name in a group. */
  readonly sender: string | undefined;
  /** What it is, unless it is text alone: a photo, a voice message. */
  readonly kind: "photo" | "video" | "file" | "voice" | "round" | "unreadable" | "system" | "text";
  readonly text: string;
}

/** Enough of a text for any line; a whole one may have thousands of characters. */
const LONGEST = 200;

/** Says a message in one line, in the reader's language. @param isMany whether more than one other may have written it */
export function previewOf(
  message: Message,
  { names, texts, isMany }: { readonly names: NamesOf; readonly texts: Texts; readonly isMany: boolean },
): Preview {
  if (message.system)
    return { sender: undefined, kind: "system", text: systemText(message.system, names, texts) };
  const sender = message.isMine ? texts.chats.you : isMany ? names(message.sender.id).name : undefined;
  if (message.unreadable) return { sender, kind: "unreadable", text: texts.chats.unreadable };
  const { kind, word } = wordOf(message, texts);
  const text = message.text.slice(0, LONGEST).replace(/\s+/g, " ").trim();
  return { sender, kind, text: [word, text].filter(Boolean).join(" · ") };
}

function wordOf({ kind, attachments }: Message, { chats }: Texts): { kind: Preview["kind"]; word: string } {
  const [first] = attachments;
  const length = first?.duration === undefined ? "" : ` ${clockText(first.duration)}`;
  if (kind === "voice_message") return { kind: "voice", word: chats.voice + length };
  if (kind === "video_message") return { kind: "round", word: chats.round + length };
  if (!first) return { kind: "text", word: "" };
  const count = attachments.length;
  const are = (type: string) => attachments.every(({ mimetype }) => mimetype.startsWith(type));
  if (are("image/")) return { kind: "photo", word: chats.photos(count) };
  if (are("video/")) return { kind: "video", word: chats.videos(count) };
  return { kind: "file", word: count === 1 ? first.name : chats.files(count) };
}
