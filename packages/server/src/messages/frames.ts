import type { FrameAnswer, FrameHandlers } from "../gateway/dispatch.ts";
import type { MessagesService, SendEvent } from "./service.ts";

/** WebSocket events of messages. */
export function messagesFrames(service: MessagesService): FrameHandlers {
  const send = async (event: SendEvent, socket: { readonly userId: number }): Promise<FrameAnswer> => {
    const sent = await service.send(socket.userId, event);
    if (!sent.duplicate) return { ok: { chat_id: event.chat_id, message_id: sent.messageId, seq: sent.seq } };
    const { message } = sent;
    return {
      before: [duplicateFrame(message)],
      ok: { chat_id: message.chat_id, message_id: message.id, seq: message.seq, duplicate: true },
    };
  };
  return { send_message: send, voice_message: send, video_message: send };
}

function duplicateFrame(
  message: Extract<Awaited<ReturnType<MessagesService["send"]>>, { duplicate: true }>["message"],
): object {
  const { chat_id, id, seq, deleted_at, deleted_by } = message;
  if (deleted_at === null) return { type: "message_new", chat_id, message, seq };
  return { type: "message_deleted", chat_id, message_id: id, deleted_at, deleted_by, seq };
}
