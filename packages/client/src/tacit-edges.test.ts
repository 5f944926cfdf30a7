import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { newNames, newPassword } from "./account/fixtures/device.ts";
import { registered } from "./fixtures/registered.ts";
import { leaksIn, secretsOfPerson } from "./fixtures/stage.ts";
import { type Device, forgetArrivals, next, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import { ERROR_ADVICE, memory, Tacit, TacitError } from "./index.ts";

let town: Town;
let alice: Device;
let bob: Device;
beforeAll(async () => {
  town = await startTown();
  [alice, bob] = await Promise.all([town.device("Alice"), town.device("Bob")]);
});
afterAll(() => town.close());

const refused = (code: string) => expect.objectContaining({ code });

async function failureOf(task: Promise<unknown>): Promise<unknown> {
  return await task.then(
    () => undefined,
    (error: unknown) => error,
  );
}

it("asking for the chat with somebody twice at once, from both sides, gives one chat", async () => {
  const chats = await Promise.all([
    alice.tacit.chats.withUser(bob),
    alice.tacit.chats.withUser(bob.id),
    alice.tacit.chats.withUser(bob.tacit.me.username),
    bob.tacit.chats.withUser(alice),
  ]);
  expect(new Set(chats.map(({ id }) => id)).size).toBe(1);
  expect(chats[0]).toBe(chats[1]);
  for (const { tacit } of [alice, bob])
    expect(tacit.chats.list().filter(({ peer }) => peer !== undefined)).toHaveLength(1);
});

it("without the network a new chat cannot be made, and says so at once; one that is known opens", async () => {
  const carol = await town.device("Carol");
  const known = await alice.tacit.chats.withUser(bob);
  await alice.goOffline();
  onTestFinished(() => alice.goOnline());
  await expect(alice.tacit.chats.withUser(carol)).rejects.toEqual(refused("unreachable"));
  await expect(alice.tacit.chats.createGroup({ title: "Later" })).rejects.toEqual(refused("unreachable"));
  expect(await alice.tacit.chats.withUser(bob)).toBe(known);
});

it("a chat with oneself, or with nobody, is refused", async () => {
  await expect(bob.tacit.chats.withUser(bob)).rejects.toBeInstanceOf(TacitError);
  await expect(bob.tacit.chats.withUser(123_456_789)).rejects.toEqual(refused("unknown_user"));
  await expect(bob.tacit.chats.withUser("nobody at all")).rejects.toEqual(refused("unknown_user"));
});

it("an empty and a very long message", async () => {
  const chat = await bob.tacit.chats.createGroup({ title: "Lengths" });
  await expect(chat.send("x".repeat(300_000))).rejects.toEqual(refused("message_too_large"));
  await chat.send("y".repeat(150_000));
  await bob.tacit.flush();
  expect((await bob.texts(chat)).map(({ length }) => length)).toEqual([150_000]);
});

it("text that looks like a document of the protocol is text", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const text = '{"tacit":1,"type":"poll","fallback":"gotcha"}';
  await chat.send(text);
  expect(await bob.message(chat, text)).toMatchObject({ kind: "text", verified: true });
});

it("a document of a kind that nobody knows shows its fallback, and can be read whole", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const document = { type: "x-chess", move: "e4" };
  await chat.send({ text: "plays e4", document });
  const received = await bob.message(chat, "plays e4");
  expect(received).toMatchObject({ kind: "x-chess", verified: true });
  expect(received.document).toMatchObject(document);
});

it("closing twice is as closing once, and whatever is asked then says that it is closed", async () => {
  const carol = await town.device("Carol");
  const chat = await carol.tacit.chats.withUser(bob);
  await chat.send("one");
  await carol.tacit.flush();
  const message = await carol.message(chat, ({ id }) => id !== undefined);
  await Promise.all([carol.tacit.close(), carol.tacit.close()]);
  await carol.tacit.close();
  const { tacit } = carol;
  const asked: Record<string, () => Promise<unknown>> = {
    send: () => chat.send("two"),
    "send a file": () => chat.send({ files: [new Uint8Array(10)] }),
    messages: () => chat.messages(),
    "load older": () => chat.loadOlder(),
    "mark read": () => chat.markRead(),
    members: () => chat.members(),
    edit: () => message.edit("three"),
    remove: () => message.remove(),
    typing: () => chat.setTyping(true),
    "with user": () => tacit.chats.withUser(alice),
    profile: () => tacit.account.profile(),
    identity: () => tacit.people.identity(bob),
    search: () => tacit.search("one"),
    "retry connection": () => tacit.retryConnection(),
    "sign out": () => tacit.signOut(),
    flush: () => tacit.flush(),
  };
  for (const [what, ask] of Object.entries(asked))
    expect([what, await failureOf(ask())]).toEqual([what, refused("closed")]);
  // What was read stays readable, so that a screen that is still there does not fail.
  expect(chat.title).toBe("Bob");
  expect(tacit.chats.list()).toHaveLength(1);
});

it("loops and waits end when the client is closed", async () => {
  const dave = await town.device("Dave");
  const chat = await dave.tacit.chats.withUser(bob);
  await dave.goOffline();
  await dave.restart();
  const { tacit } = dave;
  await (await dave.chat(chat)).send("unsent");
  const [ready, flushed] = [failureOf(tacit.ready()), failureOf(tacit.flush())];
  const arrivals = [tacit.arrivals().next(), tacit.arrivals({ signal: AbortSignal.timeout(60_000) }).next()];
  await tacit.close();
  expect([await ready, await flushed]).toEqual([refused("closed"), refused("closed")]);
  expect(await Promise.all(arrivals)).toEqual([{ done: true }, { done: true }]);
  expect(await tacit.arrivals().next()).toMatchObject({ done: true });
});

it("who stops listening hears nothing more, not even of what came before", async () => {
  const erin = await town.device("Erin");
  const chat = await alice.tacit.chats.withUser(erin);
  for (const text of ["one", "two"]) await chat.send(text);
  await erin.message(chat, "two");
  let calls = 0;
  const stop = erin.tacit.on("arrived", () => {
    calls += 1;
    stop();
  });
  await chat.send("three");
  await erin.message(chat, "three");
  expect(calls).toBe(1);
});

it("a listener that throws does not keep the others from hearing, and is heard of itself", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", note);
  onTestFinished(() => void process.off("uncaughtException", note));
  // The first listener hears of what came before as well.
  forgetArrivals(bob.tacit);
  const stop = bob.tacit.on("arrived", () => {
    stop();
    throw new Error("a mistake of the program");
  });
  const heard = next(bob.tacit, "arrived");
  await chat.send("heard?");
  await heard;
  await bob.message(chat, "heard?");
  expect(uncaught).toEqual([new Error("a mistake of the program")]);
});

it("no error tells a secret, however it is printed", async () => {
  const chat = await alice.tacit.chats.withUser(bob);
  const SAID = "the swordfish is in the piano";
  const other = await town.device("Erin");
  const password = newPassword();
  const { login } = alice.person.client.identity;
  const server = { server: town.server.url, storage: memory() };
  await chat.send(SAID);
  const received = await bob.message(chat, SAID);
  const group = await alice.tacit.chats.createGroup({ title: "Errors", members: [bob] });
  const errors = [
    await failureOf(Tacit.login({ ...server, login, password })),
    await failureOf(Tacit.register({ ...server, ...newNames(), password: "password1" })),
    await failureOf(
      Tacit.recover({ ...server, login, words: `${"abandon ".repeat(11)}about`, newPassword: password }),
    ),
    await failureOf(Tacit.recover({ ...server, login, words: "swordfish piano", newPassword: password })),
    await failureOf(
      bob.tacit.account.changePassword({ currentPassword: password, newPassword: newPassword() }),
    ),
    await failureOf(bob.tacit.deleteAccount(password)),
    await failureOf(received.edit(SAID)),
    await failureOf(chat.send(SAID.repeat(20_000))),
    await failureOf((await bob.chat(group)).setTitle(SAID)),
    await failureOf(other.tacit.people.resolve(SAID)),
    await failureOf(Tacit.login({ server: "http://127.0.0.1:9", storage: memory(), login, password })),
  ];
  for (const error of errors) {
    expect(error).toHaveProperty("code");
    expect(error).toBeInstanceOf(Error);
    const { code } = error as TacitError;
    expect(ERROR_ADVICE[code].sentence).toMatch(/\.$/);
    const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    expect(printed).not.toContain("swordfish");
    expect(
      leaksIn(printed, [
        ["password", password],
        ...[alice, bob].flatMap(({ person }) => secretsOfPerson(person)),
      ]),
    ).toEqual([]);
  }
});

it("with a server that is gone, an account opens with all that is here", async () => {
  const own = await startTown();
  const [frank, gina] = [await own.device("Frank"), await own.device("Gina")];
  const chat = await frank.tacit.chats.withUser(gina);
  await chat.send("remember me");
  await frank.tacit.flush();
  await own.server.close();
  await frank.restart();
  expect(frank.tacit.chats.list().map(({ title }) => title)).toEqual(["Gina"]);
  expect(await frank.texts(chat)).toEqual(["remember me"]);
  const waiting = await (await frank.chat(chat)).send("and this");
  expect(waiting.state).toBe("queued");
  const over = AbortSignal.timeout(50);
  await expect(frank.tacit.ready({ signal: over })).rejects.toMatchObject({ name: "TimeoutError" });
  await own.close();
});

it("a new account knows nobody, and is ready", async () => {
  const { tacit } = await registered(town.server, "Newcomer");
  onTestFinished(() => tacit.close());
  await tacit.ready();
  expect(tacit.chats.list()).toEqual([]);
  expect(await tacit.search("anything")).toEqual([]);
  await until(tacit, () => tacit.me.nickname === "Newcomer");
});
