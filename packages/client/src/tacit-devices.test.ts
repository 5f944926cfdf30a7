import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { answersTo, newPassword } from "./account/fixtures/device.ts";
import { newDevice } from "./fixtures/attacked.ts";
import { newPerson } from "./fixtures/person.ts";
import { type Registered, registered, sees, signedIn, textsOf } from "./fixtures/registered.ts";
import { DELAYS } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import { memory, Tacit } from "./index.ts";

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

async function person(nickname: string): Promise<Registered> {
  const person = await registered(server, nickname);
  closing(person.tacit);
  return person;
}

/** Somebody whose password does not matter. */
async function quickPerson(nickname: string): Promise<Tacit> {
  return closing(await newDevice(await newPerson(server, nickname), server, memory(), DELAYS));
}

it("a second device reads everything, across a change of the keys: private, group and file", async () => {
  const [alice, bob] = await Promise.all([person("Alice"), quickPerson("Bob")]);
  const chat = await alice.tacit.chats.withUser(bob);
  const group = await bob.chats.createGroup({ title: "Both", members: [alice.tacit] });
  const write = async (time: string) => {
    await chat.send(`mine ${time}`);
    const theirs = await until(bob, () => bob.chats.get(chat.id));
    await theirs.send({ text: `theirs ${time}`, files: [new File([time], "note.txt")] });
    await group.send(`group ${time}`);
    await Promise.all([alice.tacit.flush(), bob.flush()]);
    await sees(alice.tacit, group.id, `group ${time}`);
    await sees(alice.tacit, chat.id, `theirs ${time}`);
  };
  await write("before");
  await alice.tacit.account.rotateKeys({ password: alice.password, words: alice.words });
  await write("after");
  const phone = closing(await signedIn(alice));
  await sees(phone, chat.id, "theirs after");
  await until(phone, async () => (await textsOf(phone, chat.id)).length === 4);
  expect((await textsOf(phone, chat.id)).toSorted()).toEqual([
    "mine after",
    "mine before",
    "theirs after",
    "theirs before",
  ]);
  await until(phone, async () => (await textsOf(phone, group.id)).length === 2);
  expect(await textsOf(phone, group.id)).toEqual(["group before", "group after"]);
  const messages = (await phone.chats.get(chat.id)?.messages()) ?? [];
  const files = messages.flatMap(({ attachments }) => attachments);
  expect(await Promise.all(files.map(async (file) => await (await file.blob()).text()))).toEqual([
    "before",
    "after",
  ]);
});

it("while the keys of one change, a group goes on: nobody is told that somebody changed", async () => {
  const [alice, bob] = await Promise.all([quickPerson("Alice"), person("Bob")]);
  const group = await alice.chats.createGroup({ title: "Going on", members: [bob.tacit] });
  const phone = closing(await signedIn(bob));
  await group.send("one");
  for (const device of [bob.tacit, phone]) await sees(device, group.id, "one");
  await bob.tacit.account.rotateKeys({ password: bob.password, words: bob.words });
  await group.send("two");
  for (const device of [bob.tacit, phone]) await sees(device, group.id, "two");
  await (await until(phone, () => phone.chats.get(group.id))).send("three");
  for (const device of [alice, bob.tacit, phone]) await sees(device, group.id, "three");
  for (const device of [alice, bob.tacit, phone])
    expect(await textsOf(device, group.id)).toEqual(["one", "two", "three"]);
  expect(await group.notices()).toEqual([]);
  expect(await alice.people.identity(bob.tacit)).toMatchObject({ changed: false, signedBy: "user" });
});

it("the words alone open everything on a new device, across a change of the keys; the old devices are signed out", async () => {
  const [alice, bob] = await Promise.all([person("Alice"), quickPerson("Bob")]);
  const chat = await bob.chats.withUser(alice.tacit);
  await chat.send("before");
  await sees(alice.tacit, chat.id, "before");
  await alice.tacit.account.rotateKeys({ password: alice.password, words: alice.words });
  await chat.send("after");
  await sees(alice.tacit, chat.id, "after");
  const newPassword_ = newPassword();
  const { login, words } = alice;
  const recovered = closing(
    await Tacit.recover({
      ...{ server: server.url, login, words, newPassword: newPassword_ },
      ...{ storage: memory(), delays: DELAYS },
    }),
  );
  await recovered.ready();
  await sees(recovered, chat.id, "before");
  expect(await textsOf(recovered, chat.id)).toEqual(["before", "after"]);
  await until(alice.tacit, () => alice.tacit.signedOut);
  await expect(signedIn(alice)).rejects.toEqual(refused("invalid_credentials"));
  closing(await signedIn({ ...alice, password: newPassword_ }));
});

it("after a change of the password this device goes on, and others have to sign in with the new one", async () => {
  const alice = await person("Alice");
  const phone = closing(await signedIn(alice));
  const fresh = newPassword();
  const { account } = alice.tacit;
  await expect(account.changePassword({ currentPassword: fresh, newPassword: fresh })).rejects.toEqual(
    refused("wrong_password"),
  );
  await account.changePassword({ currentPassword: alice.password, newPassword: fresh });
  await until(phone, () => phone.signedOut);
  expect((await account.sessions()).length).toBe(1);
  await expect(signedIn(alice)).rejects.toEqual(refused("invalid_credentials"));
  closing(await signedIn({ ...alice, password: fresh }));
});

it("new recovery words replace the old ones once they are proven", async () => {
  const alice = await person("Alice");
  const proof = await alice.tacit.account.renewRecovery({ password: alice.password });
  expect(await proof.confirm(["wrong", "wrong", "wrong"].slice(0, proof.positions.length))).toBe(false);
  expect(await proof.confirm(answersTo(proof))).toBe(true);
  const recovery = { server: server.url, login: alice.login, newPassword: newPassword(), storage: memory() };
  await expect(Tacit.recover({ ...recovery, words: alice.words })).rejects.toEqual(
    refused("invalid_recovery"),
  );
  await closing(await Tacit.recover({ ...recovery, words: proof.words.join(" ") })).ready();
});

it("a device that is signed out elsewhere says so, keeps what it has, and goes on once somebody signs in again", async () => {
  const [alice, bob] = await Promise.all([person("Alice"), quickPerson("Bob")]);
  const chat = await bob.chats.withUser(alice.tacit);
  await chat.send("one");
  const storage = memory();
  const phone = await Tacit.login({ ...alice, storage, deviceName: "Phone", delays: DELAYS });
  await sees(phone, chat.id, "one");
  const sessions = await alice.tacit.account.sessions();
  const session = sessions.find(({ deviceName }) => deviceName === "Phone");
  expect(sessions.filter(({ isCurrent }) => isCurrent)).toHaveLength(1);
  await alice.tacit.account.revokeSession(session?.id ?? "");
  await until(phone, () => phone.signedOut);
  expect(await textsOf(phone, chat.id)).toEqual(["one"]);
  await phone.chats.get(chat.id)?.send("written while signed out");
  await phone.close();
  const reopened = await Tacit.open({ storage, delays: DELAYS });
  expect(reopened.signedOut).toBe(true);
  await expect(reopened.ready()).rejects.toEqual(refused("signed_out"));
  await expect(reopened.account.profile()).rejects.toEqual(refused("signed_out"));
  expect(await textsOf(reopened, chat.id)).toContain("one");
  await reopened.close();
  await chat.send("two");
  await bob.flush();
  const back = closing(await signedIn(alice, storage));
  await sees(back, chat.id, "two");
  await sees(bob, chat.id, "written while signed out");
  await until(back, async () => (await textsOf(back, chat.id)).length === 3);
  expect((await textsOf(back, chat.id)).toSorted()).toEqual(["one", "two", "written while signed out"]);
});

it("all other devices are signed out at once", async () => {
  const alice = await person("Alice");
  const phone = closing(await signedIn(alice));
  await alice.tacit.account.revokeOtherSessions();
  await until(phone, () => phone.signedOut);
  expect(alice.tacit.signedOut).toBe(false);
  await alice.tacit.account.profile();
});
