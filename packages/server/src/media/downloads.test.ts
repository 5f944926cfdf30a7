import { rm } from "node:fs/promises";
import { join } from "node:path";
import { sendRequest, startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytes, KIB, mediaFolder, openChat, openFilesBelow, uploaders } from "./fixtures/files.ts";

const SIZE = 1000;
const ORIGIN = "https://chat.example.org";

let server: TestServer;
let alice: TestClient;
let bob: TestClient;
let stranger: TestClient;
let chatId: number;
let path: string;
let etag: string;
const content = bytes(SIZE);

beforeAll(async () => {
  server = await startTestServer({ corsAllowOrigins: [ORIGIN] });
  ({ alice, bob, stranger, chatId } = await uploaders(server));
  path = `/media/${(await alice.upload(chatId, content)).file_id}`;
  etag = (await alice.get(path)).headers.etag ?? "";
});

afterAll(() => server.close());

const get = (headers: Record<string, string>, method = "GET") => bob.request(method, path, { headers });

describe("a file is read by", () => {
  test("its owner and the members of the chat, and nobody else", async () => {
    expect((await alice.get(path)).status).toBe(200);
    expect((await bob.get(path)).status).toBe(200);
    expect((await stranger.get(path)).body).toMatchObject({ code: "unknown_file" });
    expect((await new TestClient(server).get(path)).status).toBe(401);
  });

  test("its owner, also after leaving, but not by anyone else who has left", async () => {
    const group = await openChat(alice, "group", [bob, stranger]);
    const { file_id } = await bob.upload(group, "a file of the group");
    await stranger.get(`/media/${file_id}`, { expectStatus: 200 });
    for (const { id } of [bob, stranger])
      await alice.delete(`/chats/${group}/members/${id}`, { expectStatus: 204 });
    await bob.get(`/media/${file_id}`, { expectStatus: 200 });
    await stranger.get(`/media/${file_id}`, { expectStatus: 404 });
  });

  test("members of another chat of its owner not", async () => {
    const other = await openChat(alice, "private", [stranger]);
    await stranger.get(path, { expectStatus: 404 });
    await stranger.get(`/media/${(await alice.upload(other, "theirs")).file_id}`, { expectStatus: 200 });
  });

  test("a file that does not exist is answered like one that is not mine", async () => {
    const unknown = await stranger.get("/media/9007199254740000");
    const others = await stranger.get(path);
    expect(unknown.status).toBe(404);
    expect(unknown.body).toEqual(others.body);
    const headersOf = ({ headers }: typeof others) => Object.keys(headers).sort();
    expect(headersOf(unknown)).toEqual(headersOf(others));
  });

  test.each(["0", "-1", "abc", "9007199254740993", "1.0", "..%2f..%2fetc%2fpasswd"])(
    "an id that is none is refused: %s",
    async (id) => {
      expect((await alice.get(`/media/${id}`)).status).toBe(400);
    },
  );
});

describe("a part of a file", () => {
  test.each([
    ["bytes=0-0", 0, 0],
    ["bytes=0-499", 0, 499],
    ["bytes=500-999", 500, 999],
    ["bytes=999-999", 999, 999],
    ["bytes=500-", 500, 999],
    ["bytes=0-", 0, 999],
    ["bytes=-1", 999, 999],
    ["bytes=-500", 500, 999],
    ["bytes=-5000", 0, 999],
    ["bytes=990-5000", 990, 999],
    ["bytes=0-99999999999999999999999", 0, 999],
  ])("%s", async (range, start, end) => {
    const { status, headers, body } = await get({ range });
    expect(status).toBe(206);
    expect(headers["content-range"]).toBe(`bytes ${start}-${end}/${SIZE}`);
    expect(headers["content-length"]).toBe(String(end - start + 1));
    expect(content.subarray(start, end + 1).equals(body)).toBe(true);
    expect(headers.etag).toBe(etag);
  });

  test.each(["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=99999999999999999999-"])(
    "%s is beyond its end",
    async (range) => {
      const { status, headers, body } = await get({ range });
      expect(status).toBe(416);
      expect(headers["content-range"]).toBe(`bytes */${SIZE}`);
      expect(body.code).toBe("range_not_satisfiable");
    },
  );

  test.each([
    ["nothing", ""],
    ["only a unit", "bytes"],
    ["no range", "bytes="],
    ["no ends", "bytes=-"],
    ["words", "bytes=a-b"],
    ["an end before the start", "bytes=5-2"],
    ["a number with a letter", "bytes=1-2x"],
    ["another unit", "lines=0-5"],
    ["several", "bytes=0-1,5-6"],
    ["several and nothing", "bytes=0-1,,"],
    ["thousands", `bytes=${"0-0,".repeat(2000)}0-0`],
  ])("is no part, so everything comes: %s", async (_, range) => {
    const { status, body } = await get({ range });
    expect(status).toBe(200);
    expect(content.equals(body)).toBe(true);
  });

  test("comes only of the version that If-Range names", async () => {
    const range = "bytes=0-9";
    expect((await get({ range, "if-range": etag })).status).toBe(206);
    expect((await get({ range, "if-range": '"another"' })).status).toBe(200);
    expect((await get({ range, "if-range": `W/${etag}` })).status).toBe(200);
    expect((await get({ range, "if-range": "Sun, 22 Nov 2026 00:00:00 GMT" })).status).toBe(200);
  });
});

describe("a file that the client has", () => {
  test.each(["", "W/", '"another", ', "*"])("is not sent again: %s", async (prefix) => {
    const { status, headers, body } = await get({ "if-none-match": prefix === "*" ? "*" : prefix + etag });
    expect(status).toBe(304);
    expect(body).toBeUndefined();
    expect(headers.etag).toBe(etag);
    expect(headers["cache-control"]).toBe("private, no-cache");
    expect(headers["content-type"]).toBeUndefined();
  });

  test("is not sent again in part either", async () => {
    expect((await get({ "if-none-match": etag, range: "bytes=0-1" })).status).toBe(304);
  });

  test("is sent if it is another", async () => {
    expect((await get({ "if-none-match": '"another"' })).status).toBe(200);
  });

  test("is still a secret to strangers", async () => {
    const { status } = await stranger.get(path, { headers: { "if-none-match": etag } });
    expect(status).toBe(404);
  });
});

describe("HEAD", () => {
  test("says what GET would, and nothing of the content", async () => {
    const [head, whole] = [await get({}, "HEAD"), await get({})];
    expect(head.status).toBe(200);
    expect(head.body).toBeUndefined();
    const { date: _, ...ofHead } = head.headers;
    const { date: __, ...ofGet } = whole.headers;
    expect(ofHead).toEqual(ofGet);
  });

  test("knows no parts, but versions", async () => {
    const part = await get({ range: "bytes=0-1" }, "HEAD");
    expect(part.status).toBe(200);
    expect(part.headers["content-length"]).toBe(String(SIZE));
    expect((await get({ "if-none-match": etag }, "HEAD")).status).toBe(304);
  });

  test("of a file that is not mine", async () => {
    expect((await stranger.request("HEAD", path)).status).toBe(404);
  });

  test("does not open the file", async () => {
    const { file_id } = await alice.upload(chatId, bytes(64 * KIB));
    await loseContent(file_id);
    expect((await alice.request("HEAD", `/media/${file_id}`)).status).toBe(200);
    expect(await openFilesBelow(mediaFolder(server))).toBe(0);
  });
});

describe("no browser renders a file", () => {
  test.each([
    ["page.html", "text/html", "<script>alert(1)</script>"],
    ["drawing.svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ])("%s", async (filename, mimetype, text) => {
    const uploaded = await alice.upload(chatId, text, { filename, mimetype });
    expect(uploaded.mimetype).toBe(mimetype);
    const { headers } = await bob.get(`/media/${uploaded.file_id}`, { expectStatus: 200 });
    expect(headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${filename}"`,
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-cache",
      "accept-ranges": "bytes",
    });
  });
});

describe("pages of an allowed origin", () => {
  test("may ask for a part", async () => {
    const { status, headers } = await sendRequest(server.url, {
      method: "OPTIONS",
      path,
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization, range, if-none-match",
      },
    });
    expect(status).toBe(204);
    expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect(headers["access-control-allow-headers"]).toMatch(/\bRange\b.*\bIf-None-Match\b/);
  });

  test("read what the answer says about it", async () => {
    for (const range of ["bytes=0-9", "bytes=5000-"]) {
      const { headers } = await get({ origin: ORIGIN, range });
      expect(headers["access-control-allow-origin"]).toBe(ORIGIN);
      expect(headers["access-control-expose-headers"]).toMatch(/ETag, Content-Range, Content-Disposition/);
    }
  });
});

test("a file whose content is gone is unknown, and the operator is told", async () => {
  const { file_id } = await alice.upload(chatId, "lost");
  await loseContent(file_id);
  expect((await alice.get(`/media/${file_id}`)).body).toMatchObject({ code: "unknown_file" });
  expect(server.logs.records).toContainEqual(expect.objectContaining({ level: "error", file: file_id }));
});

async function loseContent(fileId: number): Promise<void> {
  const [row] = await server.sql<{ blob: string }[]>`SELECT blob FROM files WHERE id = ${fileId}`;
  const blob = row?.blob ?? "";
  await rm(join(mediaFolder(server), blob.slice(0, 2), blob));
}
