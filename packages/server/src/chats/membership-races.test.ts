import type { Message, ServerEvent } from "@tacit/protocol";
import { startTestServer, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { history, open, type Person, pair, person } from "../messages/fixtures/conversation.ts";
import { add, arrived, remove, rolesIn, shown } from "./fixtures/membership.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const people = (count: number) => Promise.all(Array.from({ length: count }, () => person(server)));

/** What a socket has heard of a chat, as `[seq, frame]` in the order of arrival. */
function heardOf({ frames }: TestSocket, chatId: number): [number, ServerEvent][] {
  return frames.flatMap((frame): [number, ServerEvent][] =>
    "chat_id" in frame &&
    frame.chat_id === chatId &&
    "seq" in frame &&
    frame.seq !== undefined &&
    frame.type !== "ok"
      ? [[frame.seq, frame]]
      : [],
  );
}

async function untilHeard(socket: TestSocket, chatId: number, seq: number): Promise<void> {
  if (heardOf(socket, chatId).some(([heard]) => heard === seq)) return;
  await socket.next(
    (frame) => "chat_id" in frame && frame.chat_id === chatId && "seq" in frame && frame.seq === seq,
  );
}

async function lastSeq(chatId: number): Promise<number> {
  const [chat] = await server.sql<{ seq: string }[]>`SELECT seq FROM chats WHERE id = ${chatId}`;
  return Number(chat?.seq);
}

/** Fetches the keys, encrypts for whom they belong to, sends, and begins anew when it was too late. */
async function writeEncrypted({ client, socket }: Person, chatId: number, count: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let sent = 0; sent < count; ) {
    const { body } = await client.get(`/chats/${chatId}/keys`, { expectStatus: 200 });
    const ids: number[] = body.keys.map(({ user_id }: { user_id: number }) => user_id);
    const answer = await socket.ask({
      type: "send_message",
      chat_id: chatId,
      message: `sealed for ${ids.join(" ")}`,
      envelopes: Object.fromEntries(ids.map((id) => [id, { key: `for ${id}` }])),
      members_version: body.members_version,
    });
    outcomes.push(answer.type === "ok" ? "ok" : answer.code);
    if (answer.type === "ok") sent += 1;
  }
  return outcomes;
}

describe("while someone is added and removed again and again", () => {
  test("every message is encrypted for exactly those who are members when it is stored, and only they receive it", async () => {
    const [owner, writer, another, guest] = (await people(4)) as [Person, Person, Person, Person];
    const chatId = await open(owner, "group", [writer, another], { encrypted: true });
    const writing = Promise.all([writer, another].map((who) => writeEncrypted(who, chatId, 25)));
    let isWriting = true;
    void writing.finally(() => {
      isWriting = false;
    });
    // One stored message between two changes at least, so that nobody is refused so often that it counts as flooding.
    const oneStored = () =>
      Promise.race([
        writing,
        owner.socket.next((frame) => frame.type === "message_new" && !frame.message.system, 60_000),
      ]);
    while (isWriting) {
      await add(owner, chatId, guest);
      await oneStored();
      await remove(owner, chatId, guest);
      await oneStored();
    }
    const outcomes = (await writing).flat();
    expect(new Set(outcomes)).toEqual(new Set(["ok", "stale_members"]));

    const last = await lastSeq(chatId);
    await untilHeard(owner.socket, chatId, last);
    await guest.socket.flushed();
    const all = heardOf(owner.socket, chatId);
    expect(all.map(([seq]) => seq)).toEqual(Array.from({ length: last }, (_, index) => index + 1));

    let isIn = false;
    const forGuest: number[] = [];
    for (const [seq, frame] of all) {
      if (frame.type === "member_added") isIn = true;
      if (isIn) forGuest.push(seq);
      if (frame.type === "member_removed") isIn = false;
      if (frame.type !== "message_new" || frame.message.system) continue;
      const expected = [owner, writer, another, ...(isIn ? [guest] : [])].map(({ id }) => id);
      expect(frame.message.message).toBe(`sealed for ${expected.sort((a, b) => a - b).join(" ")}`);
    }
    const heard = heardOf(guest.socket, chatId);
    expect(heard.map(([seq]) => seq)).toEqual(forGuest);
    for (const [, frame] of heard) {
      if (frame.type !== "message_new" || frame.message.system) continue;
      expect(frame.message.envelopes).toEqual({ [guest.id]: { key: `for ${guest.id}` } });
    }
  });

  test("whoever is removed while they write is refused from that moment on, and nothing of theirs comes later", async () => {
    const [owner, member] = (await people(2)) as [Person, Person];
    const chatId = await open(owner, "group", [member]);
    const asked: Promise<{ type: string; code?: string }>[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (let count = 0; count < 10; count += 1)
        asked.push(member.socket.ask({ type: "send_message", chat_id: chatId, message: `${round}` }));
      await owner.client.delete(`/chats/${chatId}/members/${member.id}`, { expectStatus: 204 });
      await owner.client.post(`/chats/${chatId}/members`, {
        body: { user_id: member.id },
        expectStatus: 204,
      });
    }
    const answers = await Promise.all(asked);
    const codes = new Set(answers.flatMap(({ code }) => (code ? [code] : [])));
    expect([...codes].filter((code) => code !== "not_a_member")).toEqual([]);
    const last = await lastSeq(chatId);
    await untilHeard(owner.socket, chatId, last);
    let isIn = true;
    let stored = 0;
    for (const [, frame] of heardOf(owner.socket, chatId)) {
      if (frame.type === "member_removed") isIn = false;
      if (frame.type === "member_added") isIn = true;
      if (frame.type !== "message_new" || frame.message.system) continue;
      expect(isIn).toBe(true);
      stored += 1;
    }
    expect(stored).toBe(answers.filter(({ type }) => type === "ok").length);
  });
});

test("several who add the same person, and several who remove them, do it once", async () => {
  const [owner, admin, guest] = (await people(3)) as [Person, Person, Person];
  const chatId = await open(owner, "group", [admin]);
  const path = `/chats/${chatId}/members`;
  await owner.client.patch(`${path}/${admin.id}`, { body: { role: "admin" }, expectStatus: 204 });
  const clients = Array.from({ length: 10 }, (_, index) => (index % 2 ? owner : admin).client);
  await Promise.all(
    clients.map((client) => client.post(path, { body: { user_id: guest.id }, expectStatus: 204 })),
  );
  await Promise.all(clients.map((client) => client.delete(`${path}/${guest.id}`, { expectStatus: 204 })));
  expect(await arrived(owner.socket, "member_added", 1)).toHaveLength(1);
  expect(await arrived(owner.socket, "member_removed", 1)).toHaveLength(1);
  expect(await lastSeq(chatId)).toBe(7);
});

test("when all leave in the same moment, the chat has one owner as long as anybody is there, and then none of it is left", async () => {
  const crowd = await people(6);
  const [owner] = crowd as [Person];
  const chatId = await open(owner, "group", crowd.slice(1));
  const leaving = crowd
    .slice(0, 4)
    .map(({ client }) => client.delete(`/chats/${chatId}`, { expectStatus: 204 }));
  await Promise.all(leaving);
  const [one, two] = crowd.slice(4) as [Person, Person];
  expect(Object.values(await rolesIn(one, chatId)).sort()).toEqual(["member", "owner"]);
  await Promise.all([one, two].map(({ client }) => client.delete(`/chats/${chatId}`, { expectStatus: 204 })));
  expect(await server.sql`SELECT FROM chats WHERE id = ${chatId}`).toHaveLength(0);
  expect(await server.sql`SELECT FROM messages WHERE chat_id = ${chatId}`).toHaveLength(0);
});

test("a pair that leaves, returns, writes and deletes for all at once gets no error, and what was acknowledged last is there", async () => {
  for (let round = 0; round < 5; round += 1) {
    const { alice, bob, chatId } = await pair(server);
    const messages = [alice, bob].flatMap(({ socket }) =>
      Array.from({ length: 10 }, (_, index) =>
        socket.ask({ type: "send_message", chat_id: chatId, message: `${index}` }),
      ),
    );
    const requests = [
      alice.client.delete(`/chats/${chatId}`),
      bob.client.delete(`/chats/${chatId}`),
      alice.client.post("/chats", { body: { kind: "private", user_ids: [bob.id] } }),
      bob.client.post("/chats", { body: { kind: "private", user_ids: [alice.id] } }),
      alice.client.delete(`/chats/${chatId}?for_all=true`),
    ];
    for (const { status } of await Promise.all(requests)) expect([200, 204, 404]).toContain(status);
    for (const answer of await Promise.all(messages))
      if (answer.type === "error") expect(answer.code).toBe("not_a_member");
    // However it ended, the pair can go on, in one and the same chat.
    const next = await open(alice, "private", [bob]);
    expect(await open(bob, "private", [alice])).toBe(next);
    const answer = await alice.socket.ask({ type: "send_message", chat_id: next, message: "still here" });
    expect(answer.type).toBe("ok");
    expect((await history(bob, next)).at(-1)?.message).toBe("still here");
  }
});

test("accounts that are deleted while their chats are written to, left, managed and deleted: no error, nothing lost", async () => {
  const crowd = await people(6);
  const [first, second, third, ...rest] = crowd as [Person, Person, Person, ...Person[]];
  const others = (owner: Person) => crowd.filter((who) => who !== owner);
  const kept = await Promise.all([first, second, third].map((owner) => open(owner, "group", others(owner))));
  const doomed = await Promise.all(rest.map((owner) => open(owner, "group", others(owner))));
  const chats = [...kept, ...doomed];
  const sends = rest.flatMap(({ socket }) =>
    chats.flatMap((chat_id) =>
      Array.from({ length: 5 }, async (_, index) => ({
        chat_id,
        answer: await socket.ask({ type: "send_message", chat_id, message: `${index}` }),
      })),
    ),
  );
  const requests = [
    ...[first, second].map(({ client }) => client.delete("/users/me")),
    ...rest.map(({ client }, index) => client.delete(`/chats/${doomed[index]}?for_all=true`)),
    ...rest.flatMap(({ client, id }, index) => [
      client.post(`/chats/${doomed[(index + 1) % doomed.length]}/members`, { body: { user_id: first.id } }),
      client.delete(`/chats/${doomed[(index + 1) % doomed.length]}/members/${id}`),
    ]),
    third.client.delete(`/chats/${kept[0]}`),
  ];
  for (const { status } of await Promise.all(requests)) expect([204, 403, 404]).toContain(status);
  const answers = await Promise.all(sends);
  for (const { answer } of answers) if (answer.type === "error") expect(answer.code).toBe("not_a_member");

  const reader = rest[0] as Person;
  for (const chatId of kept) {
    const messages: Message[] = await history(reader, chatId);
    const stored = new Set(messages.map(({ id }) => id));
    for (const { chat_id, answer } of answers)
      if (chat_id === chatId && answer.type === "ok") expect(stored).toContain(answer.message_id);
    const roles = await rolesIn(reader, chatId);
    expect(Object.keys(roles)).not.toContain(String(first.id));
    expect(Object.values(roles).filter((role) => role === "owner")).toHaveLength(1);
    const last = await lastSeq(chatId);
    await untilHeard(reader.socket, chatId, last);
    expect(heardOf(reader.socket, chatId).map(([seq]) => seq)).toEqual(
      Array.from({ length: last }, (_, index) => index + 1),
    );
  }
  for (const chatId of doomed) {
    expect(await shown(reader, chatId)).toBeUndefined();
    expect(await server.sql`SELECT FROM messages WHERE chat_id = ${chatId}`).toHaveLength(0);
  }
});
