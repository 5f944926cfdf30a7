import type { Message } from "@tacit/protocol";
import { type MessageContext, type MessageVerdict, verifyMessage } from "../crypto/index.ts";
import type { SenderIdentity } from "../trust/identities.ts";

/**
 * Verifies a message by its sender's pinned identity, or by one that was pinned when it was sent.
 *
 * @param knownRev the highest `rev` of this message that was verified before
 */
export async function verify(
  message: Message,
  { identityKey, former }: SenderIdentity,
  knownRev: number | undefined,
): Promise<MessageVerdict> {
  const by = (key: Uint8Array | undefined) =>
    verifyMessage(message.message, contextOf(message), { identityKey: key, knownRev });
  const verdict = await by(identityKey);
  if (verdict.outcome === "verified") return verdict;
  for (const earlier of former) {
    if (message.id > earlier.upToId || !earlier.identityKey) continue;
    const byEarlier = await by(earlier.identityKey);
    if (byEarlier.outcome === "verified" || isRollback(byEarlier)) return byEarlier;
  }
  return isMissing(verdict) && former.some((earlier) => wasUnsigned(message, earlier))
    ? { outcome: "unverified_sender" }
    : verdict;
}

function contextOf(message: Message): MessageContext {
  return {
    chatId: message.chat_id,
    senderId: message.sender_id,
    clientMessageId: message.client_message_id,
    replyToMessageId: message.reply_to_message_id,
    messageType: message.message_type,
    metadata: message.metadata,
  };
}

function isRollback(verdict: MessageVerdict): boolean {
  return verdict.outcome === "refused" && verdict.reason === "rolled_back";
}

function isMissing(verdict: MessageVerdict): boolean {
  return verdict.outcome === "refused" && verdict.reason === "missing_signature";
}

function wasUnsigned({ id }: Message, { identityKey, upToId }: SenderIdentity["former"][number]): boolean {
  return identityKey === undefined && id <= upToId;
}
