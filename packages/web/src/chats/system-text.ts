import type { Message, Person, Tacit } from "@tacit/client";
import type { Texts } from "../language/en/index.ts";
import type { Who } from "../language/en/system.ts";

/** What the server noted in a chat. */
export type SystemNotice = NonNullable<Message["system"]>;

/** Tells who an id is. */
export type NamesOf = (id: number) => Who;

/** What to call somebody; those who deleted their account are called so in the reader's language. */
export function nameOf(person: Person, texts: Texts): string {
  return person.username === "" ? texts.common.deletedAccount : person.nickname;
}

/** The names of everybody whom an account knows, as {@link systemText} needs them. */
export function namesOf(tacit: Pick<Tacit, "id" | "people">, texts: Texts): NamesOf {
  return (id) => ({ name: nameOf(tacit.people.get(id), texts), isMe: id === tacit.id });
}

/** A system message in the reader's language: who joined, left and so on. */
export function systemText(notice: SystemNotice, names: NamesOf, { system }: Pick<Texts, "system">): string {
  const by = names(notice.actor_id);
  if (notice.event === "member_left") return system.left(by);
  if (notice.user_id === undefined) return system.unknown;
  const who = names(notice.user_id);
  switch (notice.event) {
    case "member_added":
      return notice.user_id === notice.actor_id ? system.joined(who) : system.added(by, who);
    case "member_removed":
      return system.removed(by, who);
    case "role_changed":
      return notice.role === "admin" ? system.madeAdmin(by, who) : system.madeMember(by, who);
    case "owner_changed":
      return system.madeOwner(by, who);
    default:
      // A newer server may note what this release has no words for.
      return system.unknown;
  }
}
