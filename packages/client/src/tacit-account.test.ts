import { readdir } from "node:fs/promises";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { newNames, newPassword } from "./account/fixtures/device.ts";
import { proven, type Registered, registered, sees, signedIn, textsOf } from "./fixtures/registered.ts";
import { until } from "./fixtures/until.ts";
import { directory, memory, Tacit } from "./index.ts";
import { freshPath } from "./store/fixtures/place.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const refused = (code: string) => expect.objectContaining({ code });

/** Closed when the test ends. */
function closing(tacit: Tacit): Tacit {
  onTestFinished(() => tacit.close());
  return tacit;
}

async function person(nickname: string, storage = memory()): Promise<Registered> {
  const person = await registered(server, nickname, storage);
  closing(person.tacit);
  return person;
}

it("an account is usable only once its words are proven, also after a restart in between", async () => {
  const storage = memory();
  const names = newNames();
  const password = newPassword();
  const unproven = await Tacit.register({ server: server.url, ...names, password, storage });
  expect(unproven.words).toHaveLength(12);
  expect(await unproven.confirm(unproven.positions.map(() => "zoo"))).toBeUndefined();
  await unproven.close();
  await expect(Tacit.open({ storage })).rejects.toEqual(refused("recovery_not_proven"));
  const again = await Tacit.unproven({ storage });
  expect(again).toMatchObject({ login: names.login, words: unproven.words });
  const tacit = again && closing(await proven(again));
  await tacit?.ready();
  expect(tacit?.login).toBe(names.login);
  await tacit?.close();
  expect(await Tacit.unproven({ storage })).toBeUndefined();
  await closing(await Tacit.open({ storage })).ready();
});

it("signing out leaves nothing on the disk, and ends the session", async () => {
  const path = await freshPath();
  const alice = await person("Alice", directory(path));
  const phone = closing(await signedIn(alice));
  expect(await readdir(path)).not.toEqual([]);
  await alice.tacit.signOut();
  await expect(readdir(path)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await phone.account.sessions()).toHaveLength(1);
  await expect(Tacit.open({ storage: directory(path) })).rejects.toEqual(refused("store_empty"));
  await expect(alice.tacit.account.profile()).rejects.toEqual(refused("closed"));
});

it("signing out works without a server, too", async () => {
  const path = await freshPath();
  const own = await startTestServer();
  const alice = await registered(own, "Alice", directory(path));
  await alice.tacit.ready();
  await own.close();
  await alice.tacit.signOut();
  await expect(readdir(path)).rejects.toMatchObject({ code: "ENOENT" });
});

it("a deleted account is gone for good, and what it wrote to others stays theirs", async () => {
  const path = await freshPath();
  const [alice, bob] = await Promise.all([person("Alice", directory(path)), person("Bob")]);
  const chat = await alice.tacit.chats.withUser(bob.tacit);
  await chat.send("farewell");
  await sees(bob.tacit, chat.id, "farewell");
  await expect(alice.tacit.deleteAccount(bob.password)).rejects.toEqual(refused("wrong_password"));
  expect(alice.tacit.signedOut).toBe(false);
  await alice.tacit.deleteAccount(alice.password);
  await expect(readdir(path)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(signedIn(alice)).rejects.toEqual(refused("invalid_credentials"));
  expect(await textsOf(bob.tacit, chat.id)).toEqual(["farewell"]);
  const phone = closing(await signedIn(bob));
  const kept = await until(phone, async () => (await phone.chats.get(chat.id)?.messages())?.at(0));
  expect(kept).toMatchObject({ text: "farewell", sender: { id: alice.tacit.id } });
});

it("a storage is of one account, and open once", async () => {
  const storage = memory();
  const [alice, bob] = await Promise.all([person("Alice", storage), person("Bob")]);
  await expect(Tacit.open({ storage })).rejects.toEqual(refused("store_in_use"));
  await expect(Tacit.login({ ...alice, storage })).rejects.toEqual(refused("store_in_use"));
  await alice.tacit.close();
  await expect(Tacit.login({ ...bob, storage })).rejects.toEqual(refused("other_account"));
  const names = newNames();
  await expect(
    Tacit.register({ server: server.url, ...names, password: newPassword(), storage }),
  ).rejects.toEqual(refused("other_account"));
  closing(await Tacit.open({ storage }));
  await expect(Tacit.open({ storage: memory() })).rejects.toEqual(refused("store_empty"));
});

it("two accounts in one program do not see each other", async () => {
  const [alice, bob] = await Promise.all([person("Alice"), person("Bob")]);
  await alice.tacit.chats.createGroup({ title: "Alice's own" });
  await bob.tacit.chats.createGroup({ title: "Bob's own" });
  expect(alice.tacit.chats.list().map(({ title }) => title)).toEqual(["Alice's own"]);
  expect(bob.tacit.chats.list().map(({ title }) => title)).toEqual(["Bob's own"]);
});
