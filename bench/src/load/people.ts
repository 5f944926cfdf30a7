import { randomBytes } from "node:crypto";

/** Someone who is signed in. */
export interface Account {
  readonly userId: number;
  readonly token: string;
  readonly login: string;
  readonly password: string;
}

/** Someone who is signed in and has one private chat. */
export interface Person extends Account {
  readonly chatId: number;
  readonly peerId: number;
}

/** Registers, signs in and pairs people, as existing clients do: every second person's peer is the one before. */
export async function createPairs(url: string, pairs: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let index = 0; index < pairs; index += 1) {
    const [first, second] = await Promise.all([signUp(url), signUp(url)]);
    const chat = await call<{ id: number }>(
      url,
      "/chats",
      { kind: "private", user_ids: [second.userId] },
      first.token,
    );
    people.push(
      { ...first, chatId: chat.id, peerId: second.userId },
      { ...second, chatId: chat.id, peerId: first.userId },
    );
  }
  return people;
}

/** How many sign up at once: more would only wait for the hashing of passwords. */
const AT_ONCE = 4;

/** Registers and signs in people who have no chats yet. */
export async function createAccounts(url: string, count: number): Promise<Account[]> {
  const accounts: Account[] = [];
  while (accounts.length < count) {
    const next = Array.from({ length: Math.min(AT_ONCE, count - accounts.length) }, () => signUp(url));
    accounts.push(...(await Promise.all(next)));
  }
  return accounts;
}

/** Creates a group of an owner and the others. @returns its id. */
export async function createGroup(url: string, owner: Account, members: readonly Account[]): Promise<number> {
  const body = { kind: "group", title: "A group", user_ids: members.map(({ userId }) => userId) };
  const { id } = await call<{ id: number }>(url, "/chats", body, owner.token);
  return id;
}

async function signUp(url: string): Promise<Account> {
  const name = `bench-${randomBytes(8).toString("hex")}`;
  const account = { login: name, password: randomBytes(12).toString("base64url") };
  const base64 = (bytes: number) => randomBytes(bytes).toString("base64");
  const { id } = await call<{ id: number }>(url, "/auth/register", {
    ...account,
    username: name,
    pkebymk: base64(92),
    pkebyrk: base64(92),
    pubk: base64(32),
    salt: base64(16),
  });
  const { token } = await call<{ token: string }>(url, "/auth/login", account);
  return { userId: id, token, ...account };
}

/** A POST. @throws {Error} with the answer, if it is a refusal. */
export async function call<T>(url: string, path: string, body: object, token?: string): Promise<T> {
  const answer = await fetch(url + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
