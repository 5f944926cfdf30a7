import type { BodyOf, endpoints, ServerEventOf } from "@tacit/protocol";
import type { Sql } from "../db/database.ts";
import { invalidField } from "../errors.ts";
import { type Announcement, announced, type ChangeDependencies, NOTHING } from "./announced.ts";
import { advanceChat, type LockedChat } from "./change.ts";
import * as store from "./members-store.ts";
import { lockOwnedChat } from "./ownership.ts";

/** What a client asks to change; what is left out stays. */
export type AppearanceChange = BodyOf<typeof endpoints.chats.updateChat>;

/**
 * Changes the title of a group or channel, or clears its picture.
 *
 * @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`, `invalid_input` for a picture that was not uploaded
 *   for this chat.
 */
export async function changeAppearance(
  dependencies: ChangeDependencies,
  chatId: number,
  ownerId: number,
  change: AppearanceChange,
): Promise<void> {
  await announced(dependencies, async (sql) => {
    const chat = await lockOwnedChat(sql, chatId, ownerId);
    const title = change.title ?? chat.title;
    const avatar = chosenAvatar(chat, change.avatar);
    if (title === chat.title && avatar === chat.avatar) return NOTHING;
    return await apply(sql, chatId, ownerId, { title, avatar });
  });
}

function chosenAvatar(chat: LockedChat, wanted: string | null | undefined): string | null {
  if (wanted === undefined || wanted === chat.avatar) return chat.avatar;
  if (wanted === null || wanted === "") return null;
  throw invalidField(
    "/avatar",
    "must be null, empty, or the path of a picture that was uploaded for this chat",
  );
}

async function apply(
  sql: Sql,
  chatId: number,
  ownerId: number,
  appearance: { readonly title: string | null; readonly avatar: string | null },
): Promise<Announcement> {
  const { seq, audience_version } = await advanceChat(sql, chatId);
  await store.setAppearance(sql, chatId, appearance);
  const frame: ServerEventOf<"chat_updated"> = {
    type: "chat_updated",
    chat_id: chatId,
    ...appearance,
    changed_by: ownerId,
    seq,
  };
  return { events: [{ chatId, seq, audienceVersion: audience_version, frame }] };
}
