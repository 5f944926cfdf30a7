import type { DeletedMessage, Message, ServerEvent, ServerEventOf } from "@tacit/protocol";
import type { LocalStore } from "../store/local-store.ts";
import type { Delivered } from "./inputs.ts";

/** What an event says that is kept, in the form in which everything else says it. */
export function inputsOf(event: ServerEvent, userId: number): Delivered[] {
  switch (event.type) {
    case "message_new":
    case "message_updated":
      return [changes(event, [event.message])];
    case "message_deleted": {
      const { message_id: id, deleted_at, deleted_by, seq } = event;
      return [changes(event, [{ id, deleted_at, deleted_by, seq }])];
    }
    case "chat_updated":
      return [{ ...changes(event, []), appearance: { title: event.title, avatar: event.avatar } }];
    case "member_removed":
      return event.user_id === userId ? [{ kind: "gone", chatId: event.chat_id, seq: event.seq }] : [];
    case "chat_deleted":
      return [{ kind: "gone", chatId: event.chat_id }];
    case "message_read":
      return [{ kind: "read", ...mover(event), messageId: event.last_read_message_id }];
    case "message_delivered":
      return [{ kind: "delivered", ...mover(event), messageId: event.last_delivered_message_id }];
    case "chat_settings": {
      const { type: _, ...settings } = event;
      return [{ kind: "settings", settings }];
    }
    case "profile_updated":
      return [{ kind: "profiles", users: [event.user] }];
    default:
      return [];
  }
}

function changes(
  { chat_id: chatId, seq }: { readonly chat_id: number; readonly seq: number },
  messages: readonly (Message | DeletedMessage)[],
) {
  return { kind: "changes", chatId, after: seq - 1, seq, messages, members: [] } as const;
}

function mover({ chat_id: chatId, user_id: userId }: { readonly chat_id: number; readonly user_id: number }) {
  return { chatId, userId };
}

/**
 * Whether only an answer of the server says all that the event means: when somebody joined and where their pointers are, who
 * has read furthest after somebody left, a chat that is new here.
 */
export async function isOnlyAHint(event: ServerEvent, store: LocalStore): Promise<boolean> {
  if (!isHint(event)) return false;
  const chat = await store.get("chat", [event.chat_id]);
  return !chat || (event.seq !== undefined && event.seq > chat.seq);
}

type Hint = ServerEventOf<"member_added" | "member_role_changed" | "member_removed" | "chat_created">;

function isHint(event: ServerEvent): event is Hint {
  return (
    event.type === "member_added" ||
    event.type === "member_role_changed" ||
    event.type === "member_removed" ||
    event.type === "chat_created"
  );
}

/** The message that an event is about: `undefined` if it is about none. */
export function messageKeyOf(event: ServerEvent): string | undefined {
  switch (event.type) {
    case "message_new":
    case "message_updated":
      return `${event.chat_id},${event.message.id}`;
    case "message_deleted":
      return `${event.chat_id},${event.message_id}`;
    default:
      return undefined;
  }
}
