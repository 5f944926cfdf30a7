import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { memory, Tacit } from "./index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function register(username: string): Promise<Tacit> {
  const secrets = { login: `login-${username}`, password: "correct horse battery staple 42" };
  const unproven = await Tacit.register({ server: server.url, username, ...secrets, storage: memory() });
  const tacit = await unproven.confirm(unproven.positions.map((at) => unproven.words[at] ?? ""));
  if (!tacit) throw new Error("the words were not taken");
  onTestFinished(() => tacit.close());
  return tacit;
}

it("who I am is known as soon as I am in", async () => {
  const tacit = await register("dora");
  expect(tacit.me).toEqual({ id: tacit.id, username: "dora", nickname: "dora", avatarUrl: undefined });
});

it("a page of messages can be awaited as a list and read in a loop", async () => {
  const [alice] = await Promise.all([register("alice"), register("bob")]);
  const chat = await alice.chats.withUser("bob");
  for (const text of ["one", "two"]) await chat.send(text);
  const read: string[] = [];
  for await (const { text } of chat.messages()) read.push(text);
  expect(read).toEqual(["one", "two"]);
  expect((await chat.messages()).map(({ text }) => text)).toEqual(read);
});

it("a message that comes before anybody reads the arrivals is not missed", async () => {
  const [carol, dave] = await Promise.all([register("carol"), register("dave")]);
  const arrivals = dave.arrivals();
  const heard = new Promise((resolve) => dave.on("arrived", resolve));
  await (await carol.chats.withUser(dave)).send("early");
  await heard;
  expect((await arrivals.next()).value?.text).toBe("early");
  await arrivals.return();
});

it("a program that ends after flushing has sent everything", async () => {
  const [erin, frank] = await Promise.all([register("erin"), register("frank")]);
  const chat = await erin.chats.withUser(frank);
  const texts = ["one", "two", "three"];
  for (const text of texts) await chat.send(text);
  await erin.flush();
  await erin.close();
  const [row] = await server.sql`SELECT count(*)::int AS stored FROM messages WHERE chat_id = ${chat.id}`;
  expect(row?.stored).toBe(texts.length);
});

it("flushing can be given up", async () => {
  const ivan = await register("ivan");
  await expect(ivan.flush({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

it("an answer to what is not sent yet is refused, not sent as if it answered nothing", async () => {
  const [judy, ken] = await Promise.all([register("judy"), register("ken")]);
  const chat = await judy.chats.withUser(ken);
  await expect(chat.send({ text: "Yes", replyTo: { id: undefined } })).rejects.toMatchObject({
    code: "not_possible",
  });
  expect(await chat.messages()).toEqual([]);
});
