import { LIMITS, type Me, type ServerEventOf, type User } from "@tacit/protocol";
import type { Picture } from "../avatars/service.ts";
import type { Bus } from "../bus/bus.ts";
import { type Database, type Sql, violatesUnique } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { foldName, shortenName } from "./name-folding.ts";
import {
  type FoldedName,
  findMe,
  findProfiles,
  insertUser,
  lockAvatar,
  searchProfiles,
  updateAvatar,
  updateNickname,
  updateUsername,
} from "./store.ts";

/** What profiles need from the rest of the server. */
export interface ProfilesDependencies {
  readonly database: Database;
  readonly bus: Bus;
  /** Everyone who shares a chat with the user, without the user. */
  readonly peersOf: (sql: Sql, userId: number) => Promise<number[]>;
}

/** A new profile; without a nickname it is the username's first 32 characters. */
export interface NewUser {
  readonly username: string;
  readonly nickname?: string | undefined;
}

/** Names and pictures: everything about people that others may see. */
export interface Profiles {
  /** @throws {TacitError} `username_taken`; the transaction cannot go on then. */
  createUser(sql: Sql, user: NewUser): Promise<User>;
  /** A deleted account's is "Deleted account". @throws {TacitError} `unknown_user`. */
  profileOf(sql: Sql, userId: number): Promise<User>;
  /** In no particular order; deleted accounts are there, ids that never existed are not. */
  profilesOf(sql: Sql, userIds: readonly number[]): Promise<User[]>;
  /** @throws {TacitError} `unauthorized` if the account is deleted. */
  me(userId: number): Promise<Me>;
  /** @throws {TacitError} `username_taken`, `unauthorized`. */
  setUsername(userId: number, username: string): Promise<Me>;
  /** @throws {TacitError} `unauthorized`. */
  setNickname(userId: number, nickname: string): Promise<Me>;
  /** The same picture again changes nothing and tells nobody. @throws {TacitError} `unauthorized`. */
  setAvatar(userId: number, picture: Picture | null): Promise<Me>;
  /** People other than `userId` whose names contain `text`, in any case, or whose id it is. `limit` is clamped. */
  search(userId: number, text: string, limit?: number): Promise<User[]>;
}

/** Builds the service. */
export function createProfiles(dependencies: ProfilesDependencies): Profiles {
  const { database } = dependencies;
  return {
    createUser,
    profileOf,
    profilesOf: findProfiles,
    me: (userId) => database.run((sql) => ownProfile(sql, userId)),
    setUsername: (userId, username) =>
      changeProfile(dependencies, userId, (sql) =>
        refusingTaken(updateUsername(sql, userId, folded(username))),
      ),
    setNickname: (userId, nickname) =>
      changeProfile(dependencies, userId, (sql) => updateNickname(sql, userId, folded(nickname))),
    setAvatar: (userId, picture) =>
      changeProfile(dependencies, userId, (sql) => changeAvatar(sql, userId, picture)),
    search: (userId, text, limit) => search(database, userId, text, limit),
  };
}

async function createUser(sql: Sql, { username, nickname }: NewUser): Promise<User> {
  const shown = nickname ?? shortenName(username, LIMITS.nicknameCharacters);
  return await refusingTaken(insertUser(sql, folded(username), folded(shown)));
}

async function profileOf(sql: Sql, userId: number): Promise<User> {
  const [profile] = await findProfiles(sql, [userId]);
  if (!profile) throw new TacitError("unknown_user");
  return profile;
}

async function ownProfile(sql: Sql, userId: number): Promise<Me> {
  const me = await findMe(sql, userId);
  if (!me) throw new TacitError("unauthorized");
  return me;
}

async function changeProfile(
  { database, bus, peersOf }: ProfilesDependencies,
  userId: number,
  change: (sql: Sql) => Promise<boolean | "as before">,
): Promise<Me> {
  const { me, told } = await database.transaction(async (sql) => {
    const isChanged = await change(sql);
    if (!isChanged) throw new TacitError("unauthorized");
    const told = isChanged === "as before" ? [] : [userId, ...(await peersOf(sql, userId))];
    return { me: await ownProfile(sql, userId), told };
  });
  announceProfile(bus, told, me);
  return me;
}

async function changeAvatar(
  sql: Sql,
  userId: number,
  picture: Picture | null,
): Promise<boolean | "as before"> {
  const avatar = picture?.path ?? null;
  const current = await lockAvatar(sql, userId);
  if (!current) return false;
  if (current.avatar === avatar) return "as before";
  await updateAvatar(sql, userId, avatar);
  await picture?.keep(sql);
  return true;
}

/** Tells these users how someone is called and looks now. */
export function announceProfile(
  bus: Bus,
  userIds: readonly number[],
  { id, username, nickname, avatar }: User,
): void {
  if (userIds.length === 0) return;
  const frame: ServerEventOf<"profile_updated"> = {
    type: "profile_updated",
    user: { id, username, nickname, avatar },
  };
  bus.publish("user.event", { userIds, frame });
}

async function search(database: Database, userId: number, query: string, limit?: number): Promise<User[]> {
  const text = foldName(query);
  if (text === "") return [];
  const wanted = Math.min(Math.max(limit ?? LIMITS.searchDefault, 1), LIMITS.searchMax);
  return await database.run((sql) =>
    searchProfiles(sql, { text, id: readId(text), except: userId, limit: wanted }),
  );
}

function readId(text: string): number | null {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

function folded(name: string): FoldedName {
  return { shown: name, key: foldName(name) };
}

async function refusingTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw violatesUnique(error, "users_username_key_unique") ? new TacitError("username_taken") : error;
  }
}
