import type { ClientEventOf } from "@tacit/protocol";
import { findForwardable } from "./changes-store.ts";
import { type SendingDependencies, type Sent, sendMessage } from "./sending.ts";

/**
 * Sends a message on, encrypted anew for another chat. What it says it came from is the message that was forwarded, even if
 * that one was a forward itself.
 *
 * @throws {TacitError} as a send; `not_a_member` also for the chat it comes from, `unknown_message` also if there is no such
 *   message for the forwarder, or it was deleted.
 */
export async function forwardMessage(
  dependencies: SendingDependencies,
  forwarderId: number,
  event: ClientEventOf<"forward_message">,
): Promise<Sent> {
  const { from_chat_id, message_id, to_chat_id } = event;
  const source = await dependencies.database.run((sql) =>
    findForwardable(sql, from_chat_id, message_id, forwarderId),
  );
  // Without a source it is refused by the transaction, which alone knows whether it was sent before.
  return await sendMessage(dependencies, {
    chat_id: to_chat_id,
    sender_id: forwarderId,
    client_message_id: event.client_message_id?.toLowerCase() ?? null,
    message: event.message,
    message_type: event.message_type ?? source?.message_type ?? "text",
    envelopes: event.envelopes ?? null,
    metadata: event.metadata ?? null,
    reply_to_message_id: null,
    members_version: event.members_version ?? null,
    forwarded_from_message_id: message_id,
    forwarded_from_chat_id: from_chat_id,
    forwarded_from_sender_id: source?.sender_id ?? null,
  });
}
