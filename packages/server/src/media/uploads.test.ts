import { createHash } from "node:crypto";
import { type FormPart, startTestServer, type TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bytes, filesOnDisk, KIB, MIB, openChat, uploaders } from "./fixtures/files.ts";
import { startUpload } from "./fixtures/streamed-upload.ts";

const LARGEST = 50 * MIB;

// Hundreds of MiB on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;
let alice: TestClient;
let bob: TestClient;
let stranger: TestClient;
let chatId: number;

beforeAll(async () => {
  server = await startTestServer();
  ({ alice, bob, stranger, chatId } = await uploaders(server));
});

afterAll(() => server.close());

const file = (content: string | Uint8Array, fields: Partial<FormPart> = {}): FormPart => ({
  name: "file",
  content,
  filename: "file.bin",
  ...fields,
});
const field = (name: string, content: string): FormPart => ({ name, content });
const toChat = (id: number | string = chatId): FormPart => field("chat_id", String(id));

const post = (parts: readonly FormPart[], client = alice) => client.sendForm("POST", "/media", parts);

/** What is there of uploads: rows and files. */
async function stored() {
  const [row] = await server.sql<{ files: number }[]>`SELECT count(*)::int AS files FROM files`;
  return { rows: row?.files, onDisk: (await filesOnDisk(server)).sort() };
}

/** Expects a refusal that leaves nothing. @returns what it says. */
async function refused(parts: readonly FormPart[], client = alice) {
  const before = await stored();
  const { status, body } = await post(parts, client);
  expect(await stored()).toEqual(before);
  return { status, code: body.code, fields: body.details?.map(({ path }: { path: string }) => path) };
}

describe("a file comes back as it was", () => {
  test.each([1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, LARGEST - 1, LARGEST])("of %i bytes", async (size) => {
    const content = bytes(size, size);
    const uploaded = await alice.upload(chatId, content, { filename: "holiday.enc" });
    expect(uploaded).toMatchObject({ filename: "holiday.enc", size });
    const { body, headers } = await bob.get(`/media/${uploaded.file_id}`, { expectStatus: 200 });
    expect(content.equals(body)).toBe(true);
    expect(headers["content-length"]).toBe(String(size));
    expect(headers.etag).toBe(`"${createHash("sha256").update(content).digest("hex")}"`);
  });

  test("the same content twice is two files", async () => {
    const [one, other] = [await alice.upload(chatId, "the same"), await bob.upload(chatId, "the same")];
    expect(other.file_id).not.toBe(one.file_id);
    const rows =
      await server.sql`SELECT DISTINCT blob FROM files WHERE id IN (${one.file_id}, ${other.file_id})`;
    expect(rows).toHaveLength(2);
  });

  test("a boundary may begin with two hyphens, as one client's does", async () => {
    const content = "--\r\n----boundary\r\n\r\n--";
    const { body } = await alice.sendForm("POST", "/media", [file(content), toChat()], {
      boundary: "----boundary-of-a-client",
      expectStatus: 200,
    });
    const { body: read } = await alice.get(`/media/${body.file_id}`, { expectStatus: 200 });
    expect(read.toString()).toBe(content);
  });
});

describe("the fields of a form come in any order", () => {
  const named = () => [field("filename", "said.jpg"), field("mimetype", "image/jpeg")];
  const orders: readonly (readonly [string, () => FormPart[]])[] = [
    ["the file last", () => [toChat(), ...named(), file("content")]],
    ["the file first", () => [file("content"), toChat(), ...named()]],
    ["the file between", () => [...named(), file("content"), toChat()]],
    ["the chat first", () => [toChat(), file("content"), ...named()]],
  ];
  test.each(orders)("%s", async (_, parts) => {
    const { status, body } = await post(parts());
    expect(status).toBe(200);
    expect(body).toMatchObject({ filename: "said.jpg", mimetype: "image/jpeg", size: 7 });
  });

  test("unknown fields are ignored", async () => {
    const { status } = await post([field("caption", "hello"), file("content"), toChat(), field("x", "y")]);
    expect(status).toBe(200);
  });
});

describe("name and type", () => {
  test("are the part's, if the fields do not say", async () => {
    const { body } = await post([
      toChat(),
      file("content", { filename: "part.png", contentType: "image/png" }),
    ]);
    expect(body).toMatchObject({ filename: "part.png", mimetype: "image/png" });
  });

  test("are plain ones, if nobody says", async () => {
    const part = { name: "file", content: "content", contentType: "application/octet-stream" };
    const { body } = await post([toChat(), part]);
    expect(body).toMatchObject({ filename: "file", mimetype: "application/octet-stream" });
  });

  test("the type of a part that does not say is plain text (RFC 7578, section 4.4)", async () => {
    const { body } = await post([toChat(), file("content")]);
    expect(body.mimetype).toBe("text/plain");
  });

  test("a part's type that is too long is none", async () => {
    const { body } = await post([toChat(), file("content", { contentType: `image/${"x".repeat(256)}` })]);
    expect(body.mimetype).toBe("application/octet-stream");
  });

  test("a field that is empty does not count", async () => {
    const { body } = await post([toChat(), field("filename", ""), field("mimetype", " "), file("content")]);
    expect(body).toMatchObject({ filename: "file.bin", mimetype: "text/plain" });
  });
});

describe("is refused, and leaves nothing", () => {
  test("an empty file", async () => {
    const refusal = { status: 400, code: "invalid_input", fields: ["/file"] };
    expect(await refused([toChat(), file("")])).toEqual(refusal);
  });

  test("a form without a file", async () => {
    expect(await refused([toChat()])).toMatchObject({ status: 400, fields: ["/file"] });
  });

  test("a form without a chat", async () => {
    expect(await refused([file("content")])).toMatchObject({ status: 400, fields: ["/chat_id"] });
  });

  test.each(["", "0", "-1", "1.5", "1e3", "a chat", "9007199254740993", "null"])(
    "a chat_id of %j, before and after the file",
    async (text) => {
      const refusal = { status: 400, code: "invalid_input", fields: ["/chat_id"] };
      expect(await refused([toChat(text), file("content")])).toEqual(refusal);
      expect(await refused([file("content"), toChat(text)])).toEqual(refusal);
    },
  );

  test("a name or a type that is too long", async () => {
    const long = [field("filename", "x".repeat(1025)), field("filename", "x".repeat(10_000))];
    for (const name of long) {
      expect(await refused([toChat(), name, file("content")])).toMatchObject({ fields: ["/filename"] });
      expect(await refused([toChat(), file("content"), name])).toMatchObject({ fields: ["/filename"] });
    }
    const type = field("mimetype", "x".repeat(256));
    expect(await refused([toChat(), file("content"), type])).toMatchObject({ fields: ["/mimetype"] });
  });

  test("one byte more than 50 MiB, and the client gets the answer", async () => {
    const parts = [toChat(), file(bytes(LARGEST + 1))];
    expect(await refused(parts)).toMatchObject({ status: 413, code: "body_too_large" });
    expect(await refused(parts.reverse())).toMatchObject({ status: 413, code: "body_too_large" });
  });

  test("50 MiB to a chat that is not mine, and the client gets the answer", async () => {
    const refusal = { status: 403, code: "not_a_member" };
    const content = bytes(LARGEST);
    expect(await refused([toChat(), file(content)], stranger)).toMatchObject(refusal);
    expect(await refused([file(content), toChat()], stranger)).toMatchObject(refusal);
  });

  test("an upload to a chat that is not mine, before the file has come", async () => {
    const upload = startUpload(stranger, chatId, LARGEST);
    await upload.send(bytes(KIB));
    expect((await upload.answer).statusCode).toBe(403);
    upload.request.destroy();
  });

  test("a chat that does not exist, like one that is not mine", async () => {
    const mine = await post([toChat(9_007_199_254_740_000), file("content")]);
    const others = await post([toChat(), file("content")], stranger);
    expect(mine.body).toEqual(others.body);
  });

  test("a chat that I have left", async () => {
    const group = await openChat(alice, "group", [bob]);
    await bob.upload(group, "before");
    await alice.delete(`/chats/${group}/members/${bob.id}`, { expectStatus: 204 });
    expect(await refused([toChat(group), file("after")], bob)).toMatchObject({ code: "not_a_member" });
  });

  test("a body that is no form", async () => {
    const { status } = await alice.post("/media", { body: { chat_id: chatId } });
    expect(status).toBe(415);
  });
});

test("whoever is removed while their upload comes in has not uploaded", async () => {
  const group = await openChat(alice, "group", [bob]);
  let removed: Promise<unknown> | undefined;
  const upload = server.sql.begin(async (sql) => {
    // Their row is locked as by a removal that is under way: the upload has passed its first check and waits for the second.
    await sql`UPDATE chat_members SET left_at = now() WHERE chat_id = ${group} AND user_id = ${bob.id}`;
    removed = refused([toChat(group), file("content")], bob);
    await expect
      .poll(
        async () => {
          const [row] = await server.sql<{ waiting: number }[]>`
        SELECT count(*)::int AS waiting FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND datname = current_database()`;
          return row?.waiting;
        },
        { timeout: 5_000 },
      )
      .toBe(1);
  });
  await upload;
  expect(await removed).toMatchObject({ status: 403, code: "not_a_member" });
});
