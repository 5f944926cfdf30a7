import type { Caller } from "../load/dialer.ts";
import { type Account, call, createAccounts, createGroup } from "../load/people.ts";

const ACCOUNTS = 200;
const GROUP = 20;

/** Registers the people of a connect storm, in groups whose members have each other as contacts. */
export async function createCallers(url: string): Promise<Caller[]> {
  const accounts = await createAccounts(url, ACCOUNTS);
  const callers: Caller[] = [];
  for (let first = 0; first < ACCOUNTS; first += GROUP) {
    const members = accounts.slice(first, first + GROUP) as [Account, ...Account[]];
    const [owner, ...others] = members;
    await createGroup(url, owner, others);
    const contacts = members.map(({ userId }) => userId);
    callers.push(...members.map(({ token }) => ({ token, contacts })));
  }
  return callers;
}

/** Has each of them catch up once. @returns the same people, who will ask for what comes after that. */
export async function caughtUp(url: string, callers: readonly Caller[]): Promise<Caller[]> {
  const synced: Caller[] = [];
  for (const caller of callers) {
    const { chats, cursor } = await call<{ chats: { id: number; seq: number }[]; cursor: string }>(
      url,
      "/sync",
      { chats: {} },
      caller.token,
    );
    const known = Object.fromEntries(chats.map(({ id, seq }) => [id, seq]));
    synced.push({ ...caller, sync: { chats: known, cursor } });
  }
  return synced;
}

/** As a caller who only wants to know that the socket works: nothing to read from the database but the session. */
export function callersWithoutContacts(callers: readonly Caller[]): Caller[] {
  return callers.map(({ token }) => ({ token, contacts: [] }));
}
