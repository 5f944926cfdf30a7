import type { ServerEvent } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.close());

const register = (count: number) =>
  Promise.all(Array.from({ length: count }, () => TestClient.register(server)));

async function makeGroup(owner: TestClient, others: readonly TestClient[]): Promise<number> {
  const body = { kind: "group", title: "A group", user_ids: others.map(({ id }) => id) };
  return (await owner.post("/chats", { body, expectStatus: 200 })).body.id;
}

async function openPrivate(client: TestClient, other: TestClient): Promise<number> {
  const body = { kind: "private", user_ids: [other.id] };
  return (await client.post("/chats", { body, expectStatus: 200 })).body.id;
}

/** Nothing that was asked for failed for a reason inside the server. */
function expectNoInternalError(): void {
  const failures = server.logs.lines.filter((line) => /"level":"error"|deadlock|40P01/.test(line));
  expect(failures).toEqual([]);
}

const seqsIn = (socket: TestSocket, chatId: number) =>
  socket.frames
    .filter(
      (frame: ServerEvent) =>
        "seq" in frame && frame.type !== "ok" && "chat_id" in frame && frame.chat_id === chatId,
    )
    .map((frame) => (frame as { seq: number }).seq);

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test("eight writers at once: every change has the next number, and every socket hears of each once, in order", async () => {
  const people = await register(8);
  const [owner, ...others] = people as [TestClient, ...TestClient[]];
  const guest = await TestClient.register(server);
  const sockets = await Promise.all(people.map((client) => client.socket()));
  const operation = fc.record({
    by: fc.nat({ max: 7 }),
    does: fc.constantFrom(
      "send" as const,
      "send" as const,
      "edit" as const,
      "delete" as const,
      "title",
      "add",
      "remove",
      "role",
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 40, maxLength: 80, size: "max" }),
      async (operations) => {
        const chatId = await makeGroup(owner, others);
        const own = await Promise.all(sockets.map((socket) => sendTo(socket, chatId, "the first of mine")));
        const numbered: { id: number; seq: number }[] = [...own];
        await Promise.all(
          sockets.map(async (socket, writer) => {
            const id = own[writer]?.id;
            for (const { does } of operations.filter(({ by }) => by === writer)) {
              if (does === "send") numbered.push(await sendTo(socket, chatId, "one more"));
              else if (does === "edit" || does === "delete") await change(socket, does, chatId, id);
              else await manage(owner, chatId, guest.id, does);
            }
          }),
        );
        const [row] = await server.sql<{ seq: number }[]>`SELECT seq FROM chats WHERE id = ${chatId}`;
        for (const socket of sockets) {
          await untilHeard(socket, chatId, row?.seq ?? 0);
          expect(seqsIn(socket, chatId)).toEqual(upTo(row?.seq ?? 0));
        }
        // Within a chat the order of ids is the order of commit, as that of numbers is.
        const byId = numbered.sort((a, b) => a.id - b.id).map(({ seq }) => seq);
        expect(byId).toEqual([...byId].sort((a, b) => a - b));
        expect(new Set(byId).size).toBe(byId.length);
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
  await Promise.all(sockets.map((socket) => socket.close()));
  expectNoInternalError();
});

async function sendTo(
  socket: TestSocket,
  chatId: number,
  message: string,
): Promise<{ id: number; seq: number }> {
  const answer = await socket.ask({ type: "send_message", chat_id: chatId, message });
  if (answer.type === "error") throw new Error(answer.code);
  return { id: answer.message_id ?? 0, seq: answer.seq ?? 0 };
}

/** Refused once the message is deleted. */
async function change(
  socket: TestSocket,
  does: "edit" | "delete",
  chatId: number,
  messageId: number | undefined,
): Promise<void> {
  const content = does === "edit" ? { message: "better" } : {};
  await socket.ask({ type: `${does}_message`, chat_id: chatId, message_id: messageId, ...content });
}

async function manage(owner: TestClient, chatId: number, userId: number, does: string): Promise<void> {
  const path = `/chats/${chatId}`;
  if (does === "title")
    await owner.patch(path, { body: { title: `title ${Math.random()}` }, expectStatus: 204 });
  else if (does === "add")
    await owner.post(`${path}/members`, { body: { user_id: userId }, expectStatus: 204 });
  else if (does === "remove") await owner.delete(`${path}/members/${userId}`, { expectStatus: 204 });
  // Refused when the guest is not there at the moment.
  else
    await owner.patch(`${path}/members/${userId}`, {
      body: { role: Math.random() < 0.5 ? "admin" : "member" },
    });
}

async function untilHeard(socket: TestSocket, chatId: number, seq: number): Promise<void> {
  while ((seqsIn(socket, chatId).at(-1) ?? 0) < seq)
    await socket.next((frame) => "seq" in frame && frame.type !== "ok");
}

test("somebody who is removed has heard of everything up to that, whatever else happens to the members", async () => {
  const [owner, bob, carol, ...guests] = (await register(9)) as [TestClient, TestClient, TestClient];
  await using bobSocket = await bob.socket();
  await using carolSocket = await carol.socket();
  for (let round = 0; round < 30; round += 1) {
    const chatId = await makeGroup(owner, [bob, carol]);
    await Promise.all([
      ...guests.flatMap((guest: TestClient) => [
        manage(owner, chatId, guest.id, "add"),
        sendTo(carolSocket, chatId, "hello"),
      ]),
      owner.delete(`/chats/${chatId}/members/${bob.id}`, { expectStatus: 204 }),
    ]);
    const end = await bobSocket.next((frame) => frame.type === "member_removed" && frame.chat_id === chatId);
    await bobSocket.flushed();
    expect(seqsIn(bobSocket, chatId)).toEqual(upTo((end as { seq: number }).seq));
  }
});

/** Sends one message after the other until told to stop. @returns the ids of those that were acknowledged. */
async function sendUntil(
  socket: TestSocket,
  chatId: number,
  isOver: () => boolean,
): Promise<{ ids: number[]; codes: Set<string> }> {
  const ids: number[] = [];
  const codes = new Set<string>();
  while (!isOver()) {
    const answer = await socket.ask({
      type: "send_message",
      chat_id: chatId,
      message: `message ${ids.length}`,
    });
    if (answer.type === "error") codes.add(answer.code);
    else ids.push(answer.message_id ?? 0);
    // Whoever is refused over and over is taken for a flood.
    if (codes.size > 0) break;
  }
  return { ids, codes };
}

async function messageIds(client: TestClient, chatId: number): Promise<number[]> {
  const ids: number[] = [];
  for (let page: { id: number }[] = [{ id: 0 }]; page.length > 0; ids.push(...page.map(({ id }) => id))) {
    ({ body: page } = await client.get(`/chats/${chatId}/messages?limit=200&after_id=${ids.at(-1) ?? 0}`, {
      expectStatus: 200,
    }));
  }
  return ids;
}

test("leaving and returning while the other side writes loses nothing of what was acknowledged", async () => {
  const [alice, bob] = (await register(2)) as [TestClient, TestClient];
  const chatId = await openPrivate(alice, bob);
  await using socket = await alice.socket();
  let isOver = false;
  const sending = sendUntil(socket, chatId, () => isOver);
  for (let round = 0; round < 25; round += 1) {
    // The next message brings bob back before or after he opens the chat himself.
    const { status } = await bob.delete(`/chats/${chatId}`);
    expect([204, 404]).toContain(status);
    await openPrivate(bob, alice);
  }
  isOver = true;
  const { ids, codes } = await sending;
  expect([...codes]).toEqual([]);
  expect(await messageIds(alice, chatId)).toEqual(ids);
  expectNoInternalError();
});

test("groups that people leave while others write keep what was acknowledged, and always one owner", async () => {
  const people = await register(6);
  const [owner, ...others] = people as [TestClient, ...TestClient[]];
  const chatId = await makeGroup(owner, others);
  const sockets = await Promise.all(people.map((client) => client.socket()));
  const left = new Set<number>();
  const sending = sockets.map((socket, index) =>
    sendUntil(socket, chatId, () => left.has(index) || left.size === 5),
  );
  // The owner first, so that the group is handed on again and again.
  await Promise.all(
    people.slice(0, 5).map(async (client, index) => {
      await client.delete(`/chats/${chatId}`, { expectStatus: 204 });
      left.add(index);
    }),
  );
  const results = await Promise.all(sending);
  const stays = people[5] as TestClient;
  const stored = new Set(await messageIds(stays, chatId));
  expect(results.flatMap(({ ids }) => ids).filter((id) => !stored.has(id))).toEqual([]);
  expect(
    [...new Set(results.flatMap(({ codes }) => [...codes]))].filter((code) => code !== "not_a_member"),
  ).toEqual([]);
  const { body: members } = await stays.get(`/chats/${chatId}/members`);
  expect(members).toMatchObject([{ user_id: stays.id, role: "owner" }]);
  await Promise.all(sockets.map((socket) => socket.close()));
  expectNoInternalError();
});

test("accounts that are deleted while everybody writes to everybody block nobody", async () => {
  const people = await register(6);
  const [owner, ...others] = people as [TestClient, ...TestClient[]];
  const group = await makeGroup(owner, others);
  const [goer, second, ...staying] = people as [TestClient, TestClient, ...TestClient[]];
  const chats = await Promise.all(staying.map((client) => openPrivate(client, goer)));
  const sockets = await Promise.all(staying.map((client) => client.socket()));
  let isOver = false;
  const sending = sockets.flatMap((socket, index) => [
    sendUntil(socket, group, () => isOver),
    sendUntil(socket, chats[index] as number, () => isOver),
  ]);
  await Promise.all([goer, second].map((client) => client.delete("/users/me", { expectStatus: 204 })));
  isOver = true;
  const results = await Promise.all(sending);
  expect(results.flatMap(({ codes }) => [...codes])).toEqual([]);
  for (const [index, client] of staying.entries()) {
    const stored = new Set([
      ...(await messageIds(client, group)),
      ...(await messageIds(client, chats[index] as number)),
    ]);
    const acknowledged = results.slice(2 * index, 2 * index + 2).flatMap(({ ids }) => ids);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  }
  await Promise.all(sockets.map((socket) => socket.close()));
  expectNoInternalError();
});

test("a chat deleted for all while it is written to is gone for everybody, and its writers are told so", async () => {
  const people = await register(4);
  const [owner, ...others] = people as [TestClient, ...TestClient[]];
  const sockets = await Promise.all(people.map((client) => client.socket()));
  for (let round = 0; round < 5; round += 1) {
    const chatId =
      round % 2 === 0 ? await makeGroup(owner, others) : await openPrivate(owner, others[0] as TestClient);
    const writers = round % 2 === 0 ? sockets : sockets.slice(0, 2);
    const sending = writers.map((socket) => sendUntil(socket, chatId, () => false));
    await owner.post(`/chats/${chatId}/read`, { expectStatus: 200 });
    await owner.delete(`/chats/${chatId}?for_all=true`, { expectStatus: 204 });
    for (const { codes } of await Promise.all(sending)) expect([...codes]).toEqual(["not_a_member"]);
    for (const client of people) {
      expect((await client.post("/sync", { body: { chats: { [chatId]: 0 } } })).body.removed).toEqual([
        chatId,
      ]);
    }
    const [{ count } = { count: -1 }] = await server.sql<{ count: number }[]>`
      SELECT count(*)::int AS count FROM messages WHERE chat_id = ${chatId}`;
    expect(count).toBe(0);
  }
  await Promise.all(sockets.map((socket) => socket.close()));
  expectNoInternalError();
});

test("what different chats do to the same people at once does not wait for each other for ever", async () => {
  const people = await register(4);
  const [alice, bob, carol, dave] = people as [TestClient, TestClient, TestClient, TestClient];
  const groups = await Promise.all([alice, bob, carol].map((owner) => makeGroup(owner, people)));
  await Promise.all(
    Array.from({ length: 10 }, () =>
      Promise.all(
        groups.flatMap((chatId, index) => {
          const owner = people[index] as TestClient;
          const member = `/chats/${chatId}/members/${dave.id}`;
          return [
            owner.delete(member, { expectStatus: 204 }),
            owner.post(`/chats/${chatId}/members`, { body: { user_id: dave.id }, expectStatus: 204 }),
            owner.patch(member, { body: { role: "admin" } }),
            dave.post(`/chats/${chatId}/read`),
            dave.post(`/chats/${chatId}/favorite`),
            openPrivate(owner, dave),
          ];
        }),
      ),
    ),
  );
  expectNoInternalError();
});
