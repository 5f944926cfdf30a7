import { startTestServer, type TestServer, type TestSql } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { done, open, pair, send } from "../messages/fixtures/conversation.ts";
import { naming, statusFor, uploadTo } from "./fixtures/named-files.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Two people with two chats, and a file that a message in the first names. */
async function namedFile() {
  const { alice, bob, chatId } = await pair(server);
  const other = await open(alice, "group", [bob]);
  const fileId = await uploadTo(chatId, alice);
  const messageId = await send(alice, chatId, naming(fileId));
  return { alice, bob, chatId, other, fileId, messageId };
}

/** Does what another process would, and commits once somebody here waits for it. */
async function whileItHappens<T>(
  work: (sql: TestSql) => Promise<unknown>,
  meanwhile: () => Promise<T>,
): Promise<T> {
  const [answer] = await server.sql.begin(async (transaction) => {
    await work(transaction as unknown as TestSql);
    const waiting = meanwhile();
    await expect.poll(isSomebodyWaiting, { timeout: 10_000 }).toBe(true);
    return [waiting];
  });
  return await (answer as Promise<T>);
}

async function isSomebodyWaiting(): Promise<boolean> {
  const rows = await server.sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return rows.length > 0;
}

describe("while a file is being removed", () => {
  const removal = (fileId: number) => async (sql: TestSql) => {
    await sql`DELETE FROM message_files WHERE file_id = ${fileId}`;
    await sql`DELETE FROM files WHERE id = ${fileId}`;
  };

  test("whoever sends it has to wait, and is told that there is none", async () => {
    const { bob, other, fileId } = await namedFile();
    const frame = { type: "send_message", chat_id: other, message: "", ...naming(fileId) };
    const answer = await whileItHappens(removal(fileId), () => bob.socket.ask(frame));
    expect(answer).toMatchObject({ type: "error", code: "unknown_file" });
  });

  test("whoever puts it into a message has to wait, and is told that there is none", async () => {
    const { bob, other, fileId } = await namedFile();
    const message_id = await send(bob, other);
    const frame = { type: "edit_message", chat_id: other, message_id, message: "", ...naming(fileId) };
    const answer = await whileItHappens(removal(fileId), () => bob.socket.ask(frame));
    expect(answer).toMatchObject({ type: "error", code: "unknown_file" });
  });
});

describe("deleting the last message that names a file", () => {
  test("waits for a message under way that names it, and leaves it the file", async () => {
    const { alice, bob, chatId, other, fileId, messageId } = await namedFile();
    const second = await send(bob, other);
    const answer = await whileItHappens(
      async (sql) => {
        await sql`SELECT FROM files WHERE id = ${fileId} FOR NO KEY UPDATE`;
        await sql`INSERT INTO message_files VALUES (${other}, ${second}, ${fileId})`;
      },
      () => alice.socket.ask({ type: "delete_message", chat_id: chatId, message_id: messageId }),
    );
    expect(answer.type).toBe("ok");
    expect(await statusFor(bob, fileId)).toBe(200);
  });

  test("removes the file also if the last but one is being deleted at that moment", async () => {
    const { alice, bob, chatId, other, fileId, messageId } = await namedFile();
    const second = await send(bob, other, naming(fileId));
    await whileItHappens(
      async (sql) => {
        await sql`DELETE FROM message_files WHERE chat_id = ${other} AND message_id = ${second}`;
        await sql`SELECT FROM files WHERE id = ${fileId} FOR UPDATE`;
      },
      () => done(alice, { type: "delete_message", chat_id: chatId, message_id: messageId }),
    );
    expect(await statusFor(alice, fileId)).toBe(404);
  });
});

test("of two edits that drop a file at once, the second one lets its day begin", async () => {
  const { alice, bob, chatId, other, fileId, messageId } = await namedFile();
  const second = await send(bob, other, naming(fileId));
  await whileItHappens(
    async (sql) => {
      await sql`DELETE FROM message_files WHERE chat_id = ${other} AND message_id = ${second}`;
      await sql`SELECT FROM files WHERE id = ${fileId} FOR NO KEY UPDATE`;
    },
    () => done(alice, { type: "edit_message", chat_id: chatId, message_id: messageId, message: "" }),
  );
  const [file] = await server.sql`SELECT unnamed_since FROM files WHERE id = ${fileId}`;
  expect(file?.unnamed_since).not.toBeNull();
});
