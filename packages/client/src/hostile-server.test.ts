import type { Chat as ChatAnswer } from "@tacit/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { heard, newDevice, sent, until } from "./fixtures/attacked.ts";
import { startHostileServer } from "./fixtures/hostile-server.ts";
import type { Person } from "./fixtures/person.ts";
import { SAID, type Stage, setStage } from "./fixtures/stage.ts";
import type { Chat, Tacit } from "./index.ts";

let stage: Stage;
let alice: Person;
let bob: Person;
let mallory: Person;
let device: Tacit;

beforeAll(async () => {
  stage = await setStage();
  [alice, bob, mallory] = await Promise.all([
    stage.person("Alice"),
    stage.person("Bob"),
    stage.person("Mallory"),
  ]);
  device = await stage.device(alice);
});
afterEach(() => {
  stage.hostile.attack = {};
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

async function settled(chat: Chat, key: string) {
  return await until(device, async () => {
    const message = (await chat.messages()).find((one) => one.key === key);
    return message && !["queued", "sending"].includes(message.state) && message;
  });
}

describe("a new chat is the one that was asked for, or none", () => {
  const made = (change: (chat: ChatAnswer) => object) => {
    stage.hostile.attack = {
      answer: ({ status, body }, { path, method }) =>
        path === "/chats" && method === "POST" ? { status, body: { ...body, ...change(body) } } : undefined,
    };
  };
  const withSomebody = async () => stage.overheard.failure(device.chats.withUser(await stage.person()));
  const group = () => stage.overheard.failure(device.chats.createGroup({ title: "Garden", members: [bob] }));

  it("a chat with somebody else", async () => {
    made(() => ({ peer_id: mallory.id, peer_username: mallory.client.identity.username }));
    expect(await withSomebody()).toMatchObject({ code: "bad_answer" });
    expect(device.chats.list().filter(({ peer }) => peer?.id === mallory.id)).toEqual([]);
  });

  it("a chat with nobody", async () => {
    made(() => ({ peer_id: null }));
    expect(await withSomebody()).toMatchObject({ code: "bad_answer" });
  });

  it("a group instead of a private chat, and a private chat instead of a group", async () => {
    made(() => ({ kind: "group" }));
    expect(await withSomebody()).toMatchObject({ code: "bad_answer" });
    made(() => ({ kind: "private" }));
    expect(await group()).toMatchObject({ code: "bad_answer" });
  });

  it("a chat that I am in already with somebody else, under the contact's name", async () => {
    const other = await device.chats.withUser(mallory);
    made(() => ({ id: other.id }));
    expect(await withSomebody()).toMatchObject({ code: "bad_answer" });
    expect(other.peer?.id).toBe(mallory.id);
  });

  it("a group that is not encrypted", async () => {
    made(() => ({ encrypted: false }));
    expect(await group()).toMatchObject({ code: "encryption_downgrade" });
  });
});

it("a group that was encrypted stays so, whatever the server says of it, and even if it was gone", async () => {
  const group = await device.chats.createGroup({ title: "Garden", members: [bob] });
  const { body: chats } = await alice.client.get("/chats", { expectStatus: 200 });
  const plain = { ...chats.find(({ id }: ChatAnswer) => id === group.id), encrypted: false };
  stage.hostile.attack = {
    answer: ({ status, body }, { path }) =>
      path === "/sync" ? { status, body: { ...body, chats: [plain], changes: {} } } : undefined,
  };
  const ask = { message_id: 1, deleted_at: new Date().toISOString(), deleted_by: bob.id };
  stage.hostile.say({ type: "message_deleted", chat_id: group.id, seq: plain.seq + 10, ...ask });
  await heard(device, stage.hostile);
  stage.hostile.say({ type: "chat_deleted", chat_id: group.id, deleted_by: bob.id });
  await until(device, () => device.chats.get(group.id) === undefined);
  stage.hostile.say({ type: "message_deleted", chat_id: group.id, seq: plain.seq + 10, ...ask });
  const again = await until(device, () => device.chats.get(group.id));
  expect(again.encrypted).toBe(true);
  const before = sent(stage.hostile).length;
  await settled(again, (await again.send(SAID)).key);
  const frames = sent(stage.hostile).slice(before);
  expect(frames).toHaveLength(1);
  expect(Object.keys(frames[0].envelopes)).toHaveLength(2);
  expect(stage.hostile.wasTold(SAID)).toBe(false);
});

it("a chat that is private is encrypted even if the server never said so", async () => {
  stage.hostile.attack = {
    answer: ({ status, body }, { path }) => {
      const said = (chat: ChatAnswer) => ({ ...chat, encrypted: false });
      if (path === "/chats") return { status, body: said(body) };
      return path === "/sync" ? { status, body: { ...body, chats: body.chats.map(said) } } : undefined;
    },
  };
  const chat = await device.chats.withUser(await stage.person());
  expect((await settled(chat, (await chat.send(SAID)).key)).state).toBe("sent");
  expect(Object.keys(sent(stage.hostile).at(-1).envelopes)).toHaveLength(2);
  expect(stage.hostile.wasTold(SAID)).toBe(false);
});

it("a group that the server calls plain before this device has heard of it is plain, and says so: nothing else could tell", async () => {
  const his = await stage.device(bob, stage.server);
  stage.hostile.attack = {
    answer: ({ status, body }, { path }) => {
      const said = (chat: ChatAnswer) => ({ ...chat, encrypted: false });
      return path === "/sync" ? { status, body: { ...body, chats: body.chats.map(said) } } : undefined;
    },
  };
  const { id } = await his.chats.createGroup({ title: "Garden", members: [alice] });
  const group = await until(device, () => device.chats.get(id));
  expect(group.encrypted).toBe(false);
  // Nobody knows better until the server says it once.
  stage.hostile.attack = {};
  stage.hostile.say({ type: "message_deleted", chat_id: id, seq: 10_000, ...SOME_DELETION });
  await until(device, () => group.encrypted);
});

const SOME_DELETION = { message_id: 1, deleted_at: new Date().toISOString(), deleted_by: 1 };

describe("the tokens", () => {
  it("are in no address, and the refresh token goes nowhere but where it is exchanged", async () => {
    const { requests } = stage.hostile;
    const tokens = requests.flatMap(({ headers, body }) => [
      headers.authorization?.replace("Bearer ", ""),
      body?.refresh_token,
    ]);
    const refreshed = requests.flatMap(({ path, body }) =>
      path === "/auth/refresh" ? body.refresh_token : [],
    );
    expect(refreshed.length).toBeGreaterThan(0);
    for (const { path, headers, octets } of requests) {
      for (const token of tokens) if (token) expect(path).not.toContain(token);
      if (path === "/auth/refresh") continue;
      const rest = JSON.stringify(headers) + Buffer.from(octets).toString("latin1");
      for (const token of refreshed) expect(rest).not.toContain(token);
    }
  });

  it("do not follow a redirect to another host", async () => {
    await using elsewhere = await startHostileServer(stage.server);
    for (const status of [301, 302, 303, 307, 308]) {
      stage.hostile.attack = {
        request: ({ path }) => ({ status, headers: { location: elsewhere.url + path } }),
      };
      expect(await stage.overheard.failure(device.account.profile())).toMatchObject({ name: "TacitError" });
      expect(await stage.overheard.failure(device.people.search("bob"))).toMatchObject({
        name: "TacitError",
      });
    }
    expect(elsewhere.requests).toEqual([]);
    stage.hostile.attack = { redirectSockets: `${elsewhere.url.replace("http", "ws")}/ws` };
    const other = await newDevice(bob, stage.hostile);
    await until(other, () => other.connection.status === "offline");
    await other.close();
    expect(stage.hostile.requests.at(-1)?.path).toBe("/ws");
    expect(elsewhere.requests).toEqual([]);
  });
});
