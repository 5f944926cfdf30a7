import type { Person } from "@tacit/client";
import type { ChatFacts } from "../chats/facts.ts";

/** Whether somebody's account is gone: they have left nothing but their messages. */
export function isDeleted(person: Person): boolean {
  return person.username === "";
}

/** Somebody, called in the reader's language if their account is gone. */
export function nameable(person: Person, deleted: string): Person {
  return isDeleted(person) ? { ...person, nickname: deleted } : person;
}

/** Whether I add and remove people here, and say who is an admin. */
export function managesMembers({ kind, myRole }: ChatFacts): boolean {
  return kind !== "private" && myRole !== "member";
}
