import type { BodyOf, endpoints, ServerEventOf } from "@tacit/protocol";
import type { Picture } from "../avatars/service.ts";
import type { Sql } from "../db/database.ts";
import { invalidField } from "../errors.ts";
import { type Announcement, announced, type ChangeDependencies, NOTHING } from "./announced.ts";
import { advanceChat, type LockedChat } from "./change.ts";
import * as store from "./members-store.ts";
import { lockOwnedChat } from "./ownership.ts";

/** What a client asks to change; what is left out stays. */
export type AppearanceChange = BodyOf<typeof endpoints.chats.updateChat>;

/** What changing how a chat looks needs from the rest of the server. */
export interface AppearanceDependencies extends ChangeDependencies {
  /** Called after the commit of what may have left a picture without anybody who uses it. */
  readonly removeUnusedAvatars: () => void;
}

/**
 * Changes the title of a group or channel, or clears its picture.
 *
 * @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`, `invalid_input` for a picture that was not uploaded
 *   for this chat.
 */
export async function changeAppearance(
  dependencies: AppearanceDependencies,
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
  dependencies.removeUnusedAvatars();
}

/**
 * Sets or clears the picture of a group or channel; the same one again changes nothing and tells nobody.
 *
 * @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`.
 */
export async function setAvatar(
  dependencies: ChangeDependencies,
  chatId: number,
  ownerId: number,
  picture: Picture | null,
): Promise<void> {
  await announced(dependencies, async (sql) => {
    const { title, avatar: current } = await lockOwnedChat(sql, chatId, ownerId);
    const avatar = picture?.path ?? null;
    if (avatar === current) return NOTHING;
    const announcement = await apply(sql, chatId, ownerId, { title, avatar });
    await picture?.keep(sql);
    return announcement;
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
