import { createHash } from "node:crypto";
import type { Me } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import type { RenderPicture } from "./picture.ts";
import { findAvatar, keepAvatar } from "./store.ts";

/** A picture that is ready to be set. */
export interface Picture {
  /** What its user's `avatar` becomes. */
  readonly path: string;
  /** Stores it, in the transaction that sets it. Locks avatars, so after chats and users. */
  keep(sql: Sql): Promise<void>;
}

/** What someone asks for: a new picture as it was sent, none (`null`), or no change (`undefined`). */
export type Wish = Buffer | null | undefined;

/** What pictures need from the rest of the server. */
export interface AvatarsDependencies {
  readonly database: Database;
  /** @throws {TacitError} `unauthorized` if the account is deleted. */
  readonly readMe: (userId: number) => Promise<Me>;
  /** As `readMe`. */
  readonly setAvatarOfUser: (userId: number, picture: Picture | null) => Promise<Me>;
  /** @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`. */
  readonly requireChatOwner: (chatId: number, userId: number) => Promise<void>;
  /** Throws as `requireChatOwner`. */
  readonly setAvatarOfChat: (chatId: number, ownerId: number, picture: Picture | null) => Promise<void>;
}

/** Pictures of people and chats. */
export interface AvatarsService {
  /** @throws {TacitError} `not_found`. */
  read(path: string): Promise<Buffer>;
  /** @throws {TacitError} `unauthorized`, `invalid_image`, `busy`. */
  changeOwn(userId: number, wish: Wish): Promise<Me>;
  /** To be asked before a picture is even received; {@link changeOfChat} asks again. */
  requireChatOwner(chatId: number, userId: number): Promise<void>;
  /** @throws {TacitError} `unknown_chat`, `private_chat`, `forbidden`, `invalid_image`, `busy`. */
  changeOfChat(chatId: number, ownerId: number, wish: Wish): Promise<void>;
}

/** @param onReleased called after the commit of what may have left a picture without anybody who uses it. */
export function avatarsService(
  { database, ...others }: AvatarsDependencies,
  renderPicture: RenderPicture,
  onReleased: () => void,
): AvatarsService {
  const pictureOf = async (wish: Buffer | null) => wish && named(await renderPicture(wish));
  return {
    read: async (path) => {
      const image = await database.run((sql) => findAvatar(sql, path));
      if (!image) throw new TacitError("not_found");
      return image;
    },
    changeOwn: async (userId, wish) => {
      if (wish === undefined) return await others.readMe(userId);
      const me = await others.setAvatarOfUser(userId, await pictureOf(wish));
      onReleased();
      return me;
    },
    requireChatOwner: others.requireChatOwner,
    changeOfChat: async (chatId, ownerId, wish) => {
      if (wish === undefined) return;
      await others.setAvatarOfChat(chatId, ownerId, await pictureOf(wish));
      onReleased();
    },
  };
}

/** Named by its content, so that it can be cached for ever. */
function named(image: Buffer): Picture {
  const path = `${createHash("sha256").update(image).digest("hex")}.webp`;
  return { path, keep: (sql) => keepAvatar(sql, path, image) };
}
