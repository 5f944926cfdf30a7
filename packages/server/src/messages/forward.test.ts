import { randomUUID } from "node:crypto";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  done,
  envelopesFor,
  history,
  open,
  type Person,
  pair,
  person,
  refused,
  send,
} from "./fixtures/conversation.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const forward = (from_chat_id: number, message_id: number, to_chat_id: number, fields: object = {}) => ({
  type: "forward_message",
  from_chat_id,
  message_id,
  to_chat_id,
  message: "passed on",
  ...fields,
});

/** Alice with Bob in one chat and with Carol in another. */
async function twoChats(fields: object = {}) {
  const { alice, bob, chatId: from } = await pair(server);
  const carol = await person(server);
  const to = await open(alice, "private", [carol], fields);
  return { alice, bob, carol, from, to };
}

describe("a forwarded message", () => {
  test("arrives in the other chat, says where it came from, and is encrypted for its readers", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const id = await send(bob, from);
    const ok = await done(alice, forward(from, id, to, { envelopes: envelopesFor(alice, bob, carol) }));
    expect(ok).toMatchObject({ chat_id: to, seq: 2 });
    for (const reader of [alice, carol]) {
      const frame = await reader.socket.next((event) => event.type === "message_new" && event.chat_id === to);
      expect(frame).toMatchObject({
        seq: 2,
        message: {
          id: ok.message_id,
          sender_id: alice.id,
          message: "passed on",
          message_type: "text",
          forwarded_from_message_id: id,
          forwarded_from_chat_id: from,
          forwarded_from_sender_id: bob.id,
          reply_to_message_id: null,
          envelopes: envelopesFor(reader),
        },
      });
      expect((await history(reader, to))[0]).toEqual((frame as { message: object }).message);
    }
    await bob.socket.flushed();
    expect(JSON.stringify(bob.socket.frames)).not.toContain("passed on");
    expect(await history(bob, from)).toHaveLength(1);
  });

  test("keeps its type unless given another, with null for what the client leaves out", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const { message_id: voice = 0 } = await done(bob, { type: "voice_message", chat_id: from, message: "" });
    const optional = { message_type: null, envelopes: null, metadata: null, client_message_id: null };
    await done(alice, forward(from, voice, to, { message: "", ...optional }));
    await done(alice, forward(from, voice, to, { message_type: "text" }));
    expect((await history(carol, to)).map(({ message_type }) => message_type)).toEqual([
      "voice_message",
      "text",
    ]);
  });

  test("of a forward names the message that was forwarded, not the one before it", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const first = await send(bob, from);
    const { message_id: second = 0 } = await done(alice, forward(from, first, to));
    const third = await open(carol, "private", [bob]);
    await done(carol, forward(to, second, third));
    expect((await history(bob, third))[0]).toMatchObject({
      forwarded_from_message_id: second,
      forwarded_from_chat_id: to,
      forwarded_from_sender_id: alice.id,
    });
  });

  test("can stay in its chat, and brings back someone who had left the other", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const id = await send(bob, from);
    await done(alice, forward(from, id, from));
    expect(await history(bob, from)).toHaveLength(2);
    await server.sql`UPDATE chat_members SET left_at = now() WHERE chat_id = ${to} AND user_id = ${carol.id}`;
    await done(alice, forward(from, id, to));
    expect(await history(carol, to)).toHaveLength(1);
  });

  test("outlives the one it came from", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const id = await send(bob, from);
    await done(alice, forward(from, id, to));
    await done(bob, { type: "delete_message", chat_id: from, message_id: id });
    expect(await history(carol, to)).toMatchObject([{ message: "passed on", forwarded_from_message_id: id }]);
  });
});

describe("forwarding again", () => {
  test("with the same id stores nothing and answers with the stored message to that socket alone", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const client_message_id = randomUUID();
    const id = await send(bob, from);
    const first = await done(alice, forward(from, id, to, { client_message_id }));
    await carol.socket.next("message_new");
    const phone = await (await alice.client.onAnotherDevice()).socket();
    const answer = await phone.ask(forward(from, id, to, { client_message_id, members_version: 99 }));
    expect(answer).toMatchObject({ type: "ok", duplicate: true, message_id: first.message_id, chat_id: to });
    expect((await phone.next("message_new")).message).toMatchObject({ id: first.message_id });
    await carol.socket.flushed();
    expect(carol.socket.frames.filter(({ type }) => type === "message_new")).toHaveLength(1);
    expect(await history(carol, to)).toHaveLength(1);
  });

  test("is recognised even if the original has been deleted or its chat left since", async () => {
    const { alice, bob, from, to } = await twoChats();
    const client_message_id = randomUUID();
    const id = await send(bob, from);
    const first = await done(alice, forward(from, id, to, { client_message_id }));
    await done(bob, { type: "delete_message", chat_id: from, message_id: id });
    const again = () => done(alice, forward(from, id, to, { client_message_id }));
    expect(await again()).toMatchObject({ duplicate: true, message_id: first.message_id });
    await server.sql`UPDATE chat_members SET left_at = now() WHERE chat_id = ${from} AND user_id = ${alice.id}`;
    expect(await again()).toMatchObject({ duplicate: true, message_id: first.message_id });
  });

  test("shares its ids with sends: the same one is one message", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const client_message_id = randomUUID();
    const sent = await send(alice, to, { client_message_id });
    const id = await send(bob, from);
    expect(await done(alice, forward(from, id, to, { client_message_id }))).toMatchObject({
      duplicate: true,
      message_id: sent,
    });
    expect(await history(carol, to)).toHaveLength(1);
  });

  test("at the same moment, fifty times, stores one", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const client_message_id = randomUUID();
    const id = await send(bob, from);
    const sockets = await Promise.all(Array.from({ length: 10 }, () => alice.client.socket()));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        sockets[index % 10]?.ask(forward(from, id, to, { client_message_id })),
      ),
    );
    expect(answers.filter((answer) => answer?.type === "ok" && !answer.duplicate)).toHaveLength(1);
    expect(await history(carol, to)).toHaveLength(1);
  });
});

describe("a forward is refused, and nothing is stored", () => {
  async function expectRefusal(who: Person, frame: ReturnType<typeof forward>, code: string) {
    const count = () => server.sql`SELECT count(*) FROM messages WHERE chat_id = ${frame.to_chat_id}`;
    const before = await count();
    expect(await refused(who, frame)).toBe(code);
    expect(await count()).toEqual(before);
  }

  test("from or into a chat that is not mine or does not exist, all alike", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const id = await send(bob, from);
    await expectRefusal(bob, forward(from, id, to), "not_a_member");
    await expectRefusal(carol, forward(from, id, to), "not_a_member");
    await expectRefusal(alice, forward(999_999_999, id, to), "not_a_member");
    await expectRefusal(alice, forward(from, id, 999_999_999), "not_a_member");
  });

  test("of a message that was deleted, does not exist, is in another chat, or is the server's", async () => {
    const { alice, bob, from, to } = await twoChats();
    const deleted = await send(bob, from);
    await done(bob, { type: "delete_message", chat_id: from, message_id: deleted });
    const notice = await send(bob, from);
    await server.sql`UPDATE messages SET system = '{}', message_type = 'system' WHERE chat_id = ${from} AND id = ${notice}`;
    const elsewhere = await send(alice, to);
    for (const id of [deleted, notice, elsewhere, 999_999_999])
      await expectRefusal(alice, forward(from, id, to), "unknown_message");
  });

  test("of a message from before I came back", async () => {
    const { alice, bob, from, to } = await twoChats();
    const id = await send(bob, from);
    await server.sql`
      UPDATE chat_members SET history_from_id = ${id} WHERE chat_id = ${from} AND user_id = ${alice.id}`;
    await expectRefusal(alice, forward(from, id, to), "unknown_message");
  });

  test("into a channel where I only read, or to someone who has blocked me", async () => {
    const { alice, bob, carol, from, to } = await twoChats();
    const id = await send(alice, from);
    const channel = await open(bob, "channel", [alice]);
    await expectRefusal(alice, forward(from, id, channel), "may_not_write");
    await done(bob, forward(from, id, channel));
    await carol.client.put(`/users/${alice.id}/block`, { expectStatus: 204 });
    await expectRefusal(alice, forward(from, id, to), "blocked");
  });

  test("encrypted for other members than there are", async () => {
    const { alice, bob, carol, from, to } = await twoChats({ encrypted: true });
    const id = await send(bob, from);
    const envelopes = envelopesFor(alice, carol);
    await expectRefusal(alice, forward(from, id, to, { envelopes, members_version: 9 }), "stale_members");
    await expectRefusal(alice, forward(from, id, to), "envelopes_required");
    await expectRefusal(
      alice,
      forward(from, id, to, { envelopes: envelopesFor(alice) }),
      "envelopes_required",
    );
    await done(alice, forward(from, id, to, { envelopes, members_version: 1 }));
  });
});
