import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerEvent } from "@tacit/protocol";
import {
  type Answer,
  createTestDatabase,
  spawnTestServer,
  startProxy,
  startTestServer,
  TestClient,
  type TestSocket,
} from "@tacit/testkit";
import { expect, test, vi } from "vitest";
import { processTree } from "../db/embedded/fixtures/processes.ts";

/** Milliseconds: above the server's own deadlines, with room for a busy machine. */
const PATIENCE = 40_000;

interface Conversation {
  readonly alice: TestClient;
  readonly bob: TestClient;
  readonly chatId: number;
}

async function startConversation(server: { readonly url: string }): Promise<Conversation> {
  const [alice, bob] = await Promise.all([TestClient.register(server), TestClient.register(server)]);
  const { body } = await alice.post("/chats", {
    body: { kind: "private", user_ids: [bob.id] },
    expectStatus: 200,
  });
  return { alice, bob, chatId: body.id };
}

/** Sends a message and resolves with its answer; the same text again is the same message. */
async function say(socket: TestSocket, chatId: number, message: string, id: string) {
  const request_id = randomUUID();
  socket.send({ type: "send_message", chat_id: chatId, message, client_message_id: id, request_id });
  return await socket.next(
    (frame) => (frame.type === "ok" || frame.type === "error") && frame.request_id === request_id,
    PATIENCE,
  );
}

async function untilWell(client: TestClient): Promise<void> {
  await vi.waitFor(() => client.get("/health/ready", { expectStatus: 200 }), {
    timeout: PATIENCE,
    interval: 50,
  });
}

function expectNotReady(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, body: { code: "not_ready" } });
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
}

/** The truth about a database that is away: the process lives, but cannot do its work. */
async function expectOutage({ alice, bob }: Conversation): Promise<void> {
  const answers = [alice.get("/chats"), bob.get("/users/me/keys"), alice.get("/health/ready")];
  for (const answer of await Promise.all(answers)) expectNotReady(answer);
  await alice.get("/health", { expectStatus: 200 });
  await alice.get("/health/live", { expectStatus: 200 });
}

async function messagesOf({ alice, chatId }: Conversation): Promise<readonly string[]> {
  const { body } = await alice.get(`/chats/${chatId}/messages?limit=200`, { expectStatus: 200 });
  return body.map(({ message }: { message: string }) => message);
}

test("while others hold every connection to PostgreSQL, everybody is told so, and then all goes on", async () => {
  const database = await createTestDatabase();
  const server = await startTestServer({ database: database.config });
  const conversation = await startConversation(server);
  const { alice, bob, chatId } = conversation;
  const [sender, listener] = [await alice.socket(), await bob.socket()];
  const admin = await database.sql.reserve();
  await admin.unsafe(`ALTER DATABASE ${database.name} CONNECTION LIMIT 0`);
  await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()`;

  const id = randomUUID();
  expect(await say(sender, chatId, "one", id)).toMatchObject({ type: "error", code: "not_ready" });
  await expectOutage(conversation);

  await admin.unsafe(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`);
  admin.release();
  await untilWell(alice);
  expect(await say(sender, chatId, "one", id)).toMatchObject({ type: "ok" });
  await listener.next("message_new");
  expect(await messagesOf(conversation)).toEqual(["one"]);
  await server.close();
  await database.drop();
}, 60_000);

/** Stops the built-in database of a server in its tracks; resolves with what lets it go on. */
async function freeze(dataDirectory: string): Promise<() => void> {
  const [pid] = (await readFile(join(dataDirectory, "postgres", "postmaster.pid"), "utf8")).split("\n");
  // First the one that would start others.
  process.kill(Number(pid), "SIGSTOP");
  const frozen = await processTree(Number(pid));
  for (const each of frozen) process.kill(each, "SIGSTOP");
  return () => {
    for (const each of frozen) process.kill(each, "SIGCONT");
  };
}

test("while PostgreSQL stands still everybody is told so in time, and nothing is lost or doubled when it goes on", async () => {
  await using server = await spawnTestServer();
  const conversation = await startConversation(server);
  const { alice, bob, chatId } = conversation;
  const [sender, listener] = [await alice.socket(), await bob.socket()];
  expect(await say(sender, chatId, "before", randomUUID())).toMatchObject({ type: "ok" });

  const id = randomUUID();
  const thaw = await freeze(server.dataDirectory);
  try {
    const during = say(sender, chatId, "during", id);
    await expectOutage(conversation);
    expect(await during).toMatchObject({ type: "error", code: "not_ready" });
  } finally {
    thaw();
  }
  await untilWell(alice);
  // Nobody can know whether what was under way was stored, so a client sends it again.
  expect(await say(sender, chatId, "during", id)).toMatchObject({ type: "ok" });
  expect(await say(sender, chatId, "after", randomUUID())).toMatchObject({ type: "ok" });
  await listener.next((frame) => frame.type === "message_new" && frame.message.message === "after");
  expect(await messagesOf(conversation)).toEqual(["before", "during", "after"]);
}, 120_000);

/** Sends texts one after the other, each again and again until it is acknowledged; opens a new socket for one that ended. */
async function sayAll(
  client: TestClient,
  chatId: number,
  texts: readonly string[],
  onAcknowledged: () => void,
) {
  let socket = await client.socket();
  for (const text of texts) {
    const id = randomUUID();
    for (;;) {
      const answer = await say(socket, chatId, text, id).catch(() => null);
      if (answer?.type === "ok") break;
      if (answer) await untilWell(client);
      else socket = await reconnect(client);
    }
    onAcknowledged();
  }
  await socket.close();
}

async function reconnect(client: TestClient): Promise<TestSocket> {
  return await vi.waitFor(() => client.socket(), { timeout: PATIENCE, interval: 50 });
}

test("an operator's PostgreSQL that is restarted again and again loses nothing that was acknowledged", async () => {
  const database = await createTestDatabase();
  const { host, port } = database.config;
  await using network = await startProxy(
    host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
  );
  const server = await startTestServer({
    database: { ...database.config, host: network.host, port: network.port },
  });
  const conversation = await startConversation(server);
  const { alice, bob, chatId } = conversation;
  const listener = await bob.socket();
  const texts = Array.from({ length: 60 }, (_, index) => `text ${index}`);
  let acknowledged = 0;
  const saying = sayAll(alice, chatId, texts, () => {
    acknowledged += 1;
  });

  for (const enough of [5, 15, 25, 35, 45]) {
    await vi.waitFor(() => expect(acknowledged).toBeGreaterThanOrEqual(enough), {
      timeout: PATIENCE,
      interval: 2,
    });
    network.refuse();
    await expectOutage(conversation);
    network.accept();
    await untilWell(alice);
  }
  await saying;
  expect(await messagesOf(conversation)).toEqual(texts);
  // Who only listens was either told of the last one, or sent away to catch up.
  const isLast = (frame: ServerEvent) =>
    frame.type === "message_new" && frame.message.message === texts.at(-1);
  const wasTold = await listener.next(isLast, PATIENCE).then(
    () => true,
    () => false,
  );
  if (!wasTold) expect((await listener.closed).code).toBe(1012);
  await server.close();
  await database.drop();
}, 120_000);
