import type { Attachment, Message } from "@tacit/client";
import { useAnswer } from "../live/account.tsx";
import { isPicture, numbered } from "./kinds.ts";

/** Messages on either side whose pictures one can go on to. */
const AROUND = 50;

/** A picture of a message. */
export interface PictureOf {
  readonly message: Message;
  readonly attachment: Attachment;
  readonly at: number;
}

/** The pictures of a message, and as soon as they are found those of the messages around it, oldest first. */
export function usePicturesAround(message: Message): readonly PictureOf[] {
  const { id } = message;
  const { value } = useAnswer(async () => {
    if (id === undefined) return undefined;
    const { chat } = message;
    const [before, after] = await Promise.all([
      chat.messages({ before: id, limit: AROUND }),
      chat.messages({ after: id, limit: AROUND }),
    ]);
    return [...before.flatMap(picturesOf), ...picturesOf(message), ...after.flatMap(picturesOf)];
  }, [message.chatId, id]);
  return value ?? picturesOf(message);
}

function picturesOf(message: Message): PictureOf[] {
  // A round video's or a recording's picture is no picture of its own.
  if (message.id === undefined || message.unreadable) return [];
  return numbered(message)
    .filter(({ attachment }) => isPicture(attachment))
    .map(({ attachment, at }) => ({ message, attachment, at }));
}
