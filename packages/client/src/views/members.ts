import type { Role } from "@tacit/protocol";
import type { LocalStore } from "../store/local-store.ts";
import type { Directory } from "./directory.ts";
import type { Person } from "./people.ts";

/** Somebody who is in a chat. */
export interface ChatMember {
  /** Who it is. */
  readonly person: Person;
  /** What they may do: `owner`, `admin` or `member`. */
  readonly role: Role;
  /** Since when, by the server's clock. */
  readonly joinedAt: Date;
  /** Up to which message they have read; 0 for none. */
  readonly readId: number;
  /** Up to which message they have received; 0 for none. */
  readonly deliveredId: number;
}

/** The members of a chat as this device knows them, owner and admins first, then by name. */
export async function membersOf(
  store: LocalStore,
  directory: Directory,
  chatId: number,
): Promise<ChatMember[]> {
  const rows = await store.range("member", { prefix: [chatId] });
  const members = rows
    .filter(({ removed }) => !removed)
    .map(({ userId, role, joinedAt, readId, deliveredId }) => ({
      person: directory.person(userId),
      role,
      joinedAt: new Date(joinedAt),
      readId,
      deliveredId,
    }));
  return members.sort(
    (a, b) => RANK[a.role] - RANK[b.role] || a.person.nickname.localeCompare(b.person.nickname),
  );
}

const RANK: Readonly<Record<Role, number>> = { owner: 0, admin: 1, member: 2 };
