import type { Chat as ChatAnswer } from "@tacit/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { delivered, heard, seen, seqOf, until } from "./fixtures/attacked.ts";
import { live } from "./fixtures/deliveries.ts";
import type { Person } from "./fixtures/person.ts";
import { SAID, type Stage, setStage } from "./fixtures/stage.ts";
import type { Tacit } from "./index.ts";

let stage: Stage;
let alice: Person;
let bob: Person;
let device: Tacit;
let his: Tacit;

beforeAll(async () => {
  stage = await setStage();
  [alice, bob] = await Promise.all([stage.person("Alice"), stage.person("Bob")]);
  [device, his] = await Promise.all([stage.device(alice), stage.device(bob, stage.server)]);
});
afterEach(() => {
  stage.hostile.attack = {};
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

describe("nothing that a server can say breaks a device", () => {
  /** A chat with something of Bob's in it, and that message as it was delivered. */
  async function chatOfBob() {
    const chat = await his.chats.createGroup({ title: "Garden", members: [alice] });
    await chat.send(SAID);
    await until(device, async () => (await device.chats.get(chat.id)?.messages())?.length === 1);
    const [message] = await delivered(alice, chat.id);
    if (!message) throw new Error("something was said there");
    const after = (changes: object, at = 1) => ({
      ...message,
      id: message.id + 500 + at,
      seq: message.seq + at,
      ...changes,
    });
    return { chat, message, after };
  }

  it("unknown, broken, deep and huge frames are passed over", async () => {
    const { chat, message } = await chatOfBob();
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const nasty: (object | string)[] = [
      { type: "__proto__" },
      { type: "constructor", chat_id: 1 },
      { type: "party", chat_id: chat.id, seq: 99 },
      { type: "message_new" },
      { type: "message_new", chat_id: chat.id, seq: -1, message },
      { type: "message_new", chat_id: chat.id, seq: 2 ** 60, message: { ...message, seq: 2 ** 60 } },
      { type: "message_new", chat_id: 2 ** 60, seq: 1, message: { ...message, chat_id: 2 ** 60 } },
      {
        type: "message_new",
        chat_id: chat.id,
        seq: message.seq + 1,
        message: { ...message, id: 2 ** 60, seq: message.seq + 1 },
      },
      { type: "message_new", chat_id: chat.id, seq: message.seq + 1, message: { ...message, id: -1 } },
      { type: "message_new", chat_id: chat.id, seq: 1.5, message },
      { type: "message_read", chat_id: chat.id, user_id: bob.id, last_read_message_id: -7 },
      { type: "presence", user_id: bob.id, status: "dead" },
      `{"type":"profile_updated","user":${deep}}`,
      `{"type":"message_new","chat_id":${chat.id},"seq":${message.seq + 1},"message":{"metadata":${deep}}}`,
      "{",
      "",
      { type: "key_updated", user_id: "1", key_version: {} },
      { type: "ok", request_id: "not mine" },
      { type: "error", code: SAID, error: SAID, request_id: "1" },
      { filler: "x".repeat(3_000_000) },
      [],
      deep,
    ];
    for (const frame of nasty) stage.hostile.say(frame);
    await heard(device, stage.hostile);
    expect(await seen(device, chat.id)).toMatchObject([{ text: SAID, verified: true }]);
  });

  it("names, titles and documents with markup and with JavaScript's own names are text and nothing else", async () => {
    const { chat, message, after } = await chatOfBob();
    const markup = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
    const ids = { id: bob.id, avatar: "../../../../evil?x=1" };
    stage.hostile.say({ type: "profile_updated", user: { ...ids, username: "__proto__", nickname: markup } });
    const seq = message.seq + 1;
    stage.hostile.say({
      type: "chat_updated",
      chat_id: chat.id,
      title: markup,
      avatar: null,
      changed_by: bob.id,
      seq,
    });
    await heard(device, stage.hostile);
    expect(device.people.get(bob.id).nickname).toBe(markup);
    expect(new URL(device.people.get(bob.id).avatarUrl ?? "").origin).toBe(stage.hostile.url);
    expect(device.chats.get(chat.id)?.title).toBe(markup);
    const polluting = JSON.parse(
      `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"filename":"__proto__","mimetype":"text/html","size":1,"file_id":1}`,
    );
    const plain = {
      message: `{"tacit":1,"type":"__proto__","fallback":${JSON.stringify(markup)},"__proto__":{"polluted":1}}`,
      envelopes: null,
      metadata: [polluting],
    };
    const enveloped = { envelopes: JSON.parse(`{"__proto__":{"key":"a"}}`) };
    await live(stage, { person: alice, device }, [
      after(plain, 2),
      after(enveloped, 3),
    ] as (typeof message)[]);
    expect(await device.chats.get(chat.id)?.message(after({}, 2).id)).toMatchObject({
      text: markup,
      verified: false,
    });
    expect(Object.keys({})).toEqual([]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    stage.hostile.say({
      ...{ type: "profile_updated" },
      user: { ...ids, avatar: null, username: bob.client.identity.username, nickname: "Bob" },
    });
    await heard(device, stage.hostile);
  });

  it("an id that is given out in another chat again does not take the first message out of the search", async () => {
    const [one, other] = [await chatOfBob(), await chatOfBob()];
    const plain = (text: string) => ({ message: text, envelopes: null });
    const first = one.after(plain("bananas there"));
    await live(stage, { person: alice, device }, [first]);
    const found = async () => (await device.search("bananas")).map(({ chatId, text }) => [chatId, text]);
    expect(await found()).toEqual([[one.chat.id, "bananas there"]]);
    await live(stage, { person: alice, device }, [{ ...other.after(plain("bananas here")), id: first.id }]);
    expect(await found()).toEqual([[one.chat.id, "bananas there"]]);
  });

  const ANSWERS: Readonly<Record<string, () => unknown>> = {
    "a negative number of unread messages": () => ({ unread_count: -5 }),
    "a chat of an unknown kind": () => ({ kind: "cult" }),
    "an id beyond what a number holds": () => ({ id: 2 ** 60 }),
    "a seq that is none": () => ({ seq: -1 }),
  };
  it.each(Object.entries(ANSWERS))(
    "an answer with %s is refused, and what is here stays",
    async (_, change) => {
      const { chat, message } = await chatOfBob();
      const { body } = await alice.client.get("/chats", { expectStatus: 200 });
      const shown = { ...body.find(({ id }: ChatAnswer) => id === chat.id), ...(change() as object) };
      stage.hostile.attack = {
        answer: (answer, { path }) =>
          path === "/sync" ? { status: 200, body: { ...answer.body, chats: [shown] } } : undefined,
      };
      expect(await seqOf(alice, chat.id)).toBe(message.seq);
      await answered("/sync", () => {
        const deleted = { message_id: 1, deleted_at: new Date().toISOString(), deleted_by: bob.id };
        stage.hostile.say({ type: "message_deleted", chat_id: chat.id, seq: message.seq + 10, ...deleted });
      });
      await heard(device, stage.hostile);
      expect(await seen(device, chat.id)).toMatchObject([{ text: SAID, verified: true }]);
      expect(device.chats.get(chat.id)?.unread).toBeGreaterThanOrEqual(0);
    },
  );

  /** Resolves when a request to a path has been answered, by whatever the attack says. */
  async function answered(path: string, trigger: () => void): Promise<void> {
    const { attack } = stage.hostile;
    await new Promise<void>((resolve) => {
      stage.hostile.attack = {
        ...attack,
        answer: async (answer, request) => {
          const told = await attack.answer?.(answer, request);
          if (request.path === path) resolve();
          return told === "hang up" ? undefined : told;
        },
      };
      trigger();
    });
  }

  it("a server that has always more to tell is asked no more once it tells nothing", async () => {
    const before = stage.hostile.requests.length;
    stage.hostile.attack = {
      answer: ({ status, body }, { path }) =>
        path === "/sync"
          ? { status, body: { ...body, chats: [], profiles: [], changes: {}, cursor: "same", more: true } }
          : undefined,
    };
    const created = { kind: "group", title: null, created_by: bob.id };
    await answered("/sync", () => stage.hostile.say({ type: "chat_created", chat_id: 99, ...created }));
    await heard(device, stage.hostile);
    const syncs = stage.hostile.requests.slice(before).filter(({ path }) => path === "/sync");
    expect(syncs.length).toBeLessThan(10);
  });

  it("an answer of more octets than any has is not read to its end", async () => {
    const octets = new TextEncoder().encode(`"${"x".repeat(20_000_000)}"`);
    stage.hostile.attack = {
      request: ({ path }) => (path === "/users/me" ? { status: 200, body: octets } : undefined),
    };
    expect(await stage.overheard.failure(device.account.profile())).toMatchObject({ code: "bad_answer" });
    const levels = 200_000;
    const deep = new TextEncoder().encode(`{"id":${"[".repeat(levels)}${"]".repeat(levels)}}`);
    stage.hostile.attack = {
      request: ({ path }) => (path === "/users/me" ? { status: 200, body: deep } : undefined),
    };
    expect(await stage.overheard.failure(device.account.profile())).toMatchObject({ code: "bad_answer" });
  });
});
