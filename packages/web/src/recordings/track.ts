import type { Message } from "@tacit/client";
import { errorText } from "../language/errors.ts";
import type { Language } from "../language/language.tsx";
import { UnplayableError } from "./media-element.ts";
import type { Track } from "./playback.ts";
import type { Recorded } from "./take.ts";

/** A message of mine is not at the server yet, and this device has no copy that could be played. */
class NotSentError extends Error {
  override readonly name = "NotSentError";
}

/** What a recording is called, by its kind. */
export type Titles = Readonly<Record<Track["kind"], string>>;

/** A voice or video message as something to be played; `undefined` if it has no recording. */
export function trackOf(message: Message, titles: Titles): Track | undefined {
  const [attachment] = message.attachments;
  if (!attachment) return undefined;
  const { chatId, id, state } = message;
  const kind = message.kind === "video_message" ? "video" : "voice";
  return {
    key: keyOf(message),
    kind,
    duration: attachment.duration,
    title: titles[kind],
    ...(id !== undefined && { place: { chatId, messageId: id, sender: message.sender.nickname } }),
    load: async (signal, onProgress) => {
      if (id === undefined || state === "queued" || state === "sending") throw new NotSentError();
      return await attachment.blob({ signal, onProgress: (done) => onProgress(done / attachment.size) });
    },
    next: async () => {
      if (id === undefined || kind !== "voice") return undefined;
      const [next] = await message.chat.messages({ after: id, limit: 1 });
      return next?.kind === "voice_message" && !next.unreadable ? trackOf(next, titles) : undefined;
    },
  };
}

/** What has been recorded and not sent, as something to be played. */
export function trackOfRecorded({ key, medium, blob, duration }: Recorded, titles: Titles): Track {
  return { key, kind: medium, duration, title: titles[medium], load: async () => blob };
}

/** Names the recording of a message. */
export function keyOf({ chatId, key }: Pick<Message, "chatId" | "key">): string {
  return `${chatId}:${key}`;
}

/** What to tell a person when a recording cannot be played. */
export function playbackErrorText(error: unknown, language: Pick<Language, "texts" | "locale">): string {
  if (error instanceof UnplayableError) return language.texts.recordings.unplayable;
  if (error instanceof NotSentError) return language.texts.recordings.notSentYet;
  return errorText(error, language);
}
