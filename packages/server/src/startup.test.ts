import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  createTestDatabase,
  ServerNotStarted,
  sendRequest,
  spawnTestServer,
  TestClient,
  type TestSocket,
} from "@tacit/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "./config.ts";

/** What a server that does not start prints for its operator. */
async function complaint(
  starting: Promise<unknown>,
): Promise<{ code: number | null | undefined; text: string }> {
  const error = await starting.then(
    () => new Error("it started"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ServerNotStarted)) throw error;
  return { code: error.end?.code, text: error.output.join("\n") };
}

describe("a server that cannot start", () => {
  test("names every setting that is wrong", async () => {
    const env = {
      PORT: "http",
      REGISTRATION: "maybe",
      CORS_ALLOW_ORIGINS: "https://a.example.org/path",
      TRUSTED_PROXIES: "1.2.3.4/99",
    };
    const { code, text } = await complaint(spawnTestServer({ env }));
    expect(code).toBe(1);
    for (const name of Object.keys(env)) expect(text).toContain(`${name} `);
    expect(text).not.toContain("    at ");
  });

  test("refuses a database that a newer version has written, and leaves it alone", async () => {
    const database = await createTestDatabase();
    await database.sql`INSERT INTO migrations (name) VALUES ('9999_from_the_future.sql')`;
    const { code, text } = await complaint(spawnTestServer({ database: database.config }));
    expect(code).toBe(1);
    expect(text).toContain("newer version of Tacit");
    expect(text).toContain("9999_from_the_future.sql");
    await database.drop();
  });

  test("says so when a second one is started on the same data, and the first goes on", async () => {
    await using first = await spawnTestServer();
    const { code, text } = await complaint(spawnTestServer({ dataDirectory: first.dataDirectory }));
    expect(code).toBe(1);
    expect(text).toContain("Another Tacit server already runs on this data directory");
    expect(await sendRequest(first.url, { method: "GET", path: "/health/ready" })).toMatchObject({
      status: 200,
    });
  });

  test("says where files cannot be kept, and how to go on", async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const directory = await mkdtemp(join(tmpdir(), "tacit-startup-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "media"), "not a folder");
    const { code, text } = await complaint(
      spawnTestServer({ database: database.config, dataDirectory: directory }),
    );
    expect(code).toBe(1);
    expect(text).toContain("Uploaded files cannot be kept in");
    expect(text).toContain("set DATA_DIR to another folder");
    expect(text).not.toContain("    at ");
  });

  test("says what is wrong with the password of the database", async () => {
    const database = await createTestDatabase();
    const { text } = await complaint(
      spawnTestServer({
        database: { ...database.config, user: "nobody_known", password: "wrong-password-here" },
      }),
    );
    expect(text).toContain("PostgreSQL cannot be used:");
    expect(text).toContain("Check DATABASE_URL");
    await database.drop();
  });
});

describe("a server that is stopped", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "by %s finishes what it has begun, tells its sockets, and is gone within 5 s with its database",
    async (signal) => {
      const server = await spawnTestServer();
      const [alice, bob] = (await Promise.all([
        TestClient.register(server),
        TestClient.register(server),
      ])) as [TestClient, TestClient];
      const { body: chat } = await alice.post("/chats", {
        body: { kind: "private", user_ids: [bob.id] },
        expectStatus: 200,
      });
      const socket: TestSocket = await alice.socket();
      const ids = Array.from({ length: 30 }, () => randomUUID());
      for (const client_message_id of ids)
        socket.send({ type: "send_message", chat_id: chat.id, message: "last words", client_message_id });
      await socket.next("ok");
      const start = performance.now();
      const end = await server.kill(signal);
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(end).toEqual({ code: 0, signal: null });
      expect(await socket.closed).toMatchObject({ code: 1012 });
      const acknowledged = socket.frames.flatMap((frame) => (frame.type === "ok" ? [frame.message_id] : []));
      await using again = await spawnTestServer({ dataDirectory: server.dataDirectory });
      const reader = new TestClient(again, alice.identity);
      await reader.login();
      const { body: stored } = await reader.get(`/chats/${chat.id}/messages?limit=200`, {
        expectStatus: 200,
      });
      const kept = stored.map(({ id }: { id: number }) => id);
      expect(kept).toEqual(expect.arrayContaining(acknowledged));
    },
  );
});

describe("the settings", () => {
  test("an empty variable is no setting", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: " " })).toEqual(readConfig({}));
  });

  test("the web app is the one beside the server unless another is named, or none is wanted", () => {
    expect(readConfig({}).webDirectory).toMatch(/packages.web.dist$/);
    expect(readConfig({ WEB_DIR: "app" }).webDirectory).toBe(resolve("app"));
    expect(readConfig({ WEB_DIR: "off" }).webDirectory).toBeNull();
  });

  test("the database is the built-in one unless another is named", () => {
    expect(readConfig({}).database).toEqual({ kind: "embedded" });
    expect(readConfig({ DATABASE_URL: "postgres://u:p@db/x" }).database).toEqual({
      kind: "url",
      url: "postgres://u:p@db/x",
    });
    expect(readConfig({ POSTGRES_USER: "u", POSTGRES_PASSWORD: "p" }).database).toEqual({
      kind: "fields",
      host: "localhost",
      port: 5432,
      database: "tacit",
      user: "u",
      password: "p",
    });
  });
});

test("a server works on the database that DATABASE_URL names", async () => {
  const database = await createTestDatabase();
  const { host, port, user, password } = database.config;
  const where = host.startsWith("/") ? `localhost:${port}` : `${host}:${port}`;
  const url = `postgres://${user}:${encodeURIComponent(password)}@${where}/${database.config.database}?host=${encodeURIComponent(host)}`;
  await using server = await spawnTestServer({ env: { DATABASE_URL: url } });
  expect(await sendRequest(server.url, { method: "GET", path: "/health/ready" })).toMatchObject({
    status: 200,
  });
});
