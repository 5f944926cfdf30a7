import { startTestServer, type TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bytes, filesOnDisk, KIB, MIB, uploaders } from "./fixtures/files.ts";

// Hundreds of MiB on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ mediaQuotaMib: 1 });
});

afterAll(() => server.close());

const upload = (client: TestClient, chatId: number, size: number) =>
  client.sendForm("POST", "/media", [
    { name: "chat_id", content: String(chatId) },
    { name: "file", content: bytes(size), filename: "file.bin" },
  ]);

test("an account may fill its quota to the last byte, and not beyond", async () => {
  const { alice, bob, chatId } = await uploaders(server);
  expect((await upload(alice, chatId, MIB - 1)).status).toBe(200);
  const before = await filesOnDisk(server);
  expect((await upload(alice, chatId, 2)).body).toMatchObject({ code: "quota_exceeded" });
  expect(await filesOnDisk(server)).toEqual(before);
  expect((await upload(alice, chatId, 1)).status).toBe(200);
  expect((await upload(alice, chatId, 1)).status).toBe(413);
  expect((await upload(bob, chatId, 1)).status).toBe(200);
});

test("uploads at once cannot pass the quota together", async () => {
  const { alice, bob, chatId } = await uploaders(server);
  const [ofAlice, ofBob] = await Promise.all(
    [alice, bob].map((client) =>
      Promise.all(Array.from({ length: 8 }, () => upload(client, chatId, 300 * KIB))),
    ),
  );
  for (const answers of [ofAlice, ofBob]) {
    expect(answers?.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers?.filter(({ body }) => body.code === "quota_exceeded")).toHaveLength(5);
  }
});

test("what is removed makes room again", async () => {
  const { alice, chatId } = await uploaders(server);
  const { body } = await upload(alice, chatId, MIB);
  expect((await upload(alice, chatId, 1)).status).toBe(413);
  await server.sql`DELETE FROM files WHERE id = ${body.file_id}`;
  expect((await upload(alice, chatId, 1)).status).toBe(200);
});

test("a full account is refused before its file is written", async () => {
  const { alice, chatId } = await uploaders(server);
  await upload(alice, chatId, MIB);
  const released = async () => await server.sql`SELECT id FROM released_blobs`;
  const before = await released();
  expect((await upload(alice, chatId, 50 * MIB)).body).toMatchObject({ code: "quota_exceeded" });
  expect(await released()).toEqual(before);
});

test("without a quota nothing is counted", async () => {
  await using unlimited = await startTestServer({ mediaQuotaMib: 0 });
  const { alice, chatId } = await uploaders(unlimited);
  for (let count = 0; count < 3; count += 1) expect((await upload(alice, chatId, MIB)).status).toBe(200);
});
