import type { Message } from "@tacit/protocol";
import type { FrameAnswer, FrameHandlers } from "../gateway/dispatch.ts";
import type { Changed } from "./edit.ts";
import type { Sent } from "./sending.ts";
import type { MessagesService, SendEvent } from "./service.ts";

/** WebSocket events of messages. */
export function messagesFrames(service: MessagesService): FrameHandlers {
  const send = async (event: SendEvent, { userId }: { readonly userId: number }): Promise<FrameAnswer> =>
    sent(event.chat_id, await service.send(userId, event));
  return {
    send_message: send,
    voice_message: send,
    video_message: send,
    forward_message: async (event, { userId }) =>
      sent(event.to_chat_id, await service.forward(userId, event)),
    edit_message: async (event, { userId }) => changed(event.chat_id, await service.edit(userId, event)),
    delete_message: async (event, { userId }) => changed(event.chat_id, await service.delete(userId, event)),
  };
}

function changed(chat_id: number, { messageId, seq }: Changed): FrameAnswer {
  return { ok: { chat_id, message_id: messageId, seq } };
}

function sent(chat_id: number, outcome: Sent): FrameAnswer {
  if (!outcome.duplicate) return changed(chat_id, outcome);
  const { message } = outcome;
  return {
    before: [duplicateFrame(message)],
    ok: { chat_id, message_id: message.id, seq: message.seq, duplicate: true },
  };
}

function duplicateFrame(message: Message): object {
  const { chat_id, id, seq, deleted_at, deleted_by } = message;
  if (deleted_at === null) return { type: "message_new", chat_id, message, seq };
  return { type: "message_deleted", chat_id, message_id: id, deleted_at, deleted_by, seq };
}
