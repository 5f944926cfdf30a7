import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

let server: TestServer;
let alice: TestClient;
let bob: TestClient;
let carol: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  [alice, bob, carol] = await people(3);
});
afterAll(() => server.close());

const people = (count: number) =>
  Promise.all(Array.from({ length: count }, () => TestClient.register(server))) as Promise<
    [TestClient, TestClient, TestClient, ...TestClient[]]
  >;

async function openGroup(owner: TestClient, members: readonly { readonly id: number }[]): Promise<number> {
  const user_ids = members.map(({ id }) => id);
  const { body } = await owner.post("/chats", {
    body: { kind: "group", title: "A group", user_ids },
    expectStatus: 200,
  });
  return body.id;
}

async function openPrivate(client: TestClient, other: TestClient): Promise<number> {
  const { body } = await client.post("/chats", { body: { kind: "private", user_ids: [other.id] } });
  return body.id;
}

/** Past the wire, because what is tested here is not sending. @returns the ids. */
async function addMessages(chatId: number, senderId: number, count: number): Promise<number[]> {
  const rows = await server.sql<{ id: number }[]>`
    WITH chat AS (UPDATE chats SET seq = seq + ${count}, changed_at = now() WHERE id = ${chatId} RETURNING seq)
    INSERT INTO messages (chat_id, id, seq, sender_id, message, message_type)
    SELECT ${chatId}, nextval('message_ids'), chat.seq - ${count} + n, ${senderId}, 'a message', 'text'
    FROM chat, generate_series(1, ${count}::int) AS n ORDER BY n RETURNING id`;
  return rows.map(({ id }) => id).sort((one, other) => one - other);
}

async function move(client: TestClient, chatId: number, pointer: "read" | "delivered", messageId?: number) {
  const { body } = await client.post(`/chats/${chatId}/${pointer}`, {
    ...(messageId === undefined ? {} : { body: { message_id: messageId } }),
    expectStatus: 200,
  });
  return body[`last_${pointer}_message_id`] as number | null;
}

const pointerFrames = ({ frames }: TestSocket) =>
  frames.filter(({ type }) => type === "message_read" || type === "message_delivered");

describe("a pointer", () => {
  test("moves forward only, and never past the newest message", async () => {
    const chatId = await openGroup(alice, [bob]);
    expect(await move(bob, chatId, "read")).toBeNull();
    expect(await move(bob, chatId, "read", 17)).toBeNull();
    const [first, second, third] = (await addMessages(chatId, alice.id, 3)) as [number, number, number];
    expect(await move(bob, chatId, "read", second)).toBe(second);
    expect(await move(bob, chatId, "read", first)).toBe(second);
    expect(await move(bob, chatId, "read", 0)).toBe(second);
    expect(await move(bob, chatId, "read", Number.MAX_SAFE_INTEGER)).toBe(third);
  });

  test("goes to the newest message when none is named, as existing clients do in three ways", async () => {
    const chatId = await openGroup(alice, [bob]);
    for (const body of [undefined, {}, { message_id: null }]) {
      const [newest] = await addMessages(chatId, alice.id, 1);
      const answer = await bob.post(`/chats/${chatId}/read`, { body, expectStatus: 200 });
      expect(answer.body).toEqual({ last_read_message_id: newest });
    }
  });

  test("that says read says delivered, too, but not the other way round", async () => {
    const chatId = await openPrivate(alice, carol);
    const [first, second] = (await addMessages(chatId, alice.id, 2)) as [number, number];
    await move(carol, chatId, "read", first);
    await move(carol, chatId, "delivered", second);
    const [chat] = (await alice.get("/chats")).body;
    expect(chat).toMatchObject({
      others_read_message_id: first,
      others_delivered_message_id: second,
      last_message_is_read: false,
      last_message_is_delivered: true,
    });
    expect(await move(carol, chatId, "read")).toBe(second);
    expect(await move(carol, chatId, "delivered", first)).toBe(second);
    expect((await alice.get("/chats")).body[0]).toMatchObject({ last_message_is_read: true });
  });

  test("of two devices at once ends at the larger", async () => {
    const chatId = await openGroup(alice, [bob]);
    const ids = await addMessages(chatId, alice.id, 20);
    const shuffled = ids.map((id, index) => ({ id, order: (index * 7) % 20 }));
    shuffled.sort((one, other) => one.order - other.order);
    const answers = await Promise.all(shuffled.map(({ id }) => move(bob, chatId, "read", id)));
    for (const [index, { id }] of shuffled.entries()) expect(answers[index]).toBeGreaterThanOrEqual(id);
    expect(await move(bob, chatId, "read", 0)).toBe(ids.at(-1));
  });

  test("does not wait for whoever is changing the chat", async () => {
    const chatId = await openGroup(alice, [bob]);
    const [id] = await addMessages(chatId, alice.id, 1);
    await server.sql.begin(async (sql) => {
      await sql`SELECT 1 FROM chats WHERE id = ${chatId} FOR NO KEY UPDATE`;
      expect(await move(bob, chatId, "read")).toBe(id);
    });
  });

  test("of someone who came back does not claim what they no longer have", async () => {
    const [dora, emil] = await people(2);
    const chatId = await openPrivate(dora, emil);
    const [old] = (await addMessages(chatId, dora.id, 1)) as [number];
    await emil.delete(`/chats/${chatId}`, { expectStatus: 204 });
    expect(await openPrivate(emil, dora)).toBe(chatId);
    expect(await move(emil, chatId, "read")).toBeNull();
    expect(await move(emil, chatId, "read", old)).toBeNull();
    const [fresh] = (await addMessages(chatId, dora.id, 1)) as [number];
    expect(await move(emil, chatId, "read")).toBe(fresh);
  });

  test("marks the member as changed only when it moves, so that syncing finds no more than there is", async () => {
    const chatId = await openGroup(alice, [bob]);
    await addMessages(chatId, alice.id, 1);
    const touchedAt = async () =>
      (
        await server.sql`SELECT touched_at FROM chat_members WHERE chat_id = ${chatId} AND user_id = ${bob.id}`
      )[0]?.touched_at;
    const before = await touchedAt();
    await move(bob, chatId, "read");
    const moved = await touchedAt();
    expect(moved).not.toEqual(before);
    await move(bob, chatId, "read");
    await move(bob, chatId, "delivered");
    expect(await touchedAt()).toEqual(moved);
  });
});

describe("who is told of a pointer", () => {
  // People of its own for each: what others announced is told for a quarter of a second after they have ended.
  let alice: TestClient;
  let bob: TestClient;
  let carol: TestClient;
  beforeEach(async () => {
    [alice, bob, carol] = await people(3);
  });

  test("is every device of every member, the mover's too, and nobody else", async () => {
    const chatId = await openGroup(alice, [bob]);
    const [id] = (await addMessages(chatId, alice.id, 1)) as [number];
    const sockets = await Promise.all([alice.socket(), bob.socket(), bob.socket()]);
    const strangers = await carol.socket();
    await move(bob, chatId, "delivered");
    for (const socket of sockets)
      expect(await socket.next("message_delivered")).toEqual({
        type: "message_delivered",
        chat_id: chatId,
        user_id: bob.id,
        last_delivered_message_id: id,
      });
    await move(bob, chatId, "read");
    for (const socket of sockets)
      expect(await socket.next("message_read")).toEqual({
        type: "message_read",
        chat_id: chatId,
        user_id: bob.id,
        last_read_message_id: id,
      });
    await strangers.flushed();
    expect(pointerFrames(strangers)).toEqual([]);
  });

  test("hears of reading alone when it says delivery as well, and nothing when nothing moved", async () => {
    const chatId = await openGroup(alice, [bob]);
    await addMessages(chatId, alice.id, 1);
    const socket = await alice.socket();
    await move(bob, chatId, "read");
    await socket.next("message_read");
    await move(bob, chatId, "read");
    await move(bob, chatId, "delivered");
    const [last] = (await addMessages(chatId, alice.id, 1)) as [number];
    await move(bob, chatId, "read");
    await socket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === last);
    expect(pointerFrames(socket)).toHaveLength(2);
  });

  test("someone who scrolls through fifty messages at once is announced a few times, the last one included", async () => {
    const chatId = await openGroup(alice, [bob]);
    const ids = await addMessages(chatId, alice.id, 50);
    const socket = await alice.socket();
    const begin = performance.now();
    for (const id of ids) await move(bob, chatId, "read", id);
    await socket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === ids.at(-1));
    const windows = Math.ceil((performance.now() - begin) / 250);
    const told = pointerFrames(socket).map(
      (frame) => "last_read_message_id" in frame && frame.last_read_message_id,
    );
    expect(told[0]).toBe(ids[0]);
    expect(told).toEqual([...told].sort((one, other) => Number(one) - Number(other)));
    expect(told.length).toBeLessThanOrEqual(windows + 1);
  });

  test("in a private chat the other side hears how far somebody had read who left at once", async () => {
    const chatId = await openPrivate(alice, bob);
    const [first, second] = (await addMessages(chatId, alice.id, 2)) as [number, number];
    await using socket = await alice.socket();
    await move(bob, chatId, "read", first);
    // Within the window in which the second movement waits for others.
    await move(bob, chatId, "read", second);
    await bob.delete(`/chats/${chatId}`, { expectStatus: 204 });
    await socket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === second);
  });

  test("in a private chat is not the side that has left", async () => {
    const [dora, emil] = await people(2);
    const chatId = await openPrivate(dora, emil);
    await addMessages(chatId, emil.id, 1);
    const [left, stays] = await Promise.all([emil.socket(), dora.socket()]);
    await emil.delete(`/chats/${chatId}`, { expectStatus: 204 });
    await move(dora, chatId, "read");
    await stays.next("message_read");
    await left.flushed();
    expect(pointerFrames(left)).toEqual([]);
  });
});

describe("in a chat of more than 50 members", () => {
  /** People without accounts will do for being many. */
  async function openLargeGroup(owner: TestClient, ...members: TestClient[]): Promise<number> {
    const chatId = await openGroup(owner, members);
    await server.sql`
      INSERT INTO chat_members (chat_id, user_id, role, seq)
      SELECT ${chatId}, user_id, 'member', 1 FROM generate_series(9000001, 9000050) AS user_id`;
    await server.sql`UPDATE chats SET audience_version = audience_version + 1 WHERE id = ${chatId}`;
    return chatId;
  }

  test("only the mover and the authors of what was passed are told", async () => {
    const [dora, emil, frida, gustav] = (await people(4)) as [TestClient, TestClient, TestClient, TestClient];
    const chatId = await openLargeGroup(dora, emil, frida, gustav);
    const [author, former, mover, other] = await Promise.all([
      dora.socket(),
      frida.socket(),
      gustav.socket(),
      emil.socket(),
    ]);
    const [earlier] = (await addMessages(chatId, frida.id, 1)) as [number];
    await move(gustav, chatId, "read");
    // Its announcement is over before the next movement begins.
    for (const socket of [former, mover])
      await socket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === earlier);
    const [own] = (await addMessages(chatId, dora.id, 1)) as [number];
    await move(gustav, chatId, "read");
    for (const socket of [author, mover])
      await socket.next((frame) => frame.type === "message_read" && frame.last_read_message_id === own);
    for (const socket of [author, former, other]) await socket.flushed();
    expect(pointerFrames(author)).toHaveLength(1);
    expect(pointerFrames(former)).toHaveLength(1);
    expect(pointerFrames(other)).toEqual([]);
  });
});
