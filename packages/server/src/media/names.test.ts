import { startTestServer, type TestClient, type TestServer } from "@tacit/testkit";
import contentDisposition from "content-disposition";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uploaders } from "./fixtures/files.ts";
import { downloadDisposition } from "./names.ts";

let server: TestServer;
let alice: TestClient;
let chatId: number;

beforeAll(async () => {
  server = await startTestServer();
  ({ alice, chatId } = await uploaders(server));
});

afterAll(() => server.close());

const asField = (name: string) => [
  { name: "filename", content: name },
  { name: "file", content: "content", filename: "part" },
];
const asPart = (name: string) => [{ name: "file", content: "content", filename: name }];

/** Uploads under a name and downloads again. */
async function roundTrip(parts: ReturnType<typeof asField>) {
  const chat = { name: "chat_id", content: String(chatId) };
  const { status, body } = await alice.sendForm("POST", "/media", [chat, ...parts]);
  if (status !== 200) return { status };
  const { headers } = await alice.get(`/media/${body.file_id}`, { expectStatus: 200 });
  const disposition = headers["content-disposition"] ?? "";
  return { status, filename: body.filename as string, disposition, headers };
}

const LONG = `${"a".repeat(9_996)}.bin`;

describe("a name that a client gives says nothing but a name", () => {
  test.each([
    ["CR and LF", "a\r\nSet-Cookie: x=1\r\n\r\n<html>", "aSet-Cookie: x=1<html>"],
    ["quotes", 'a"; filename="b.exe', 'a"; filename="b.exe'],
    ["a backslash", "a\\b.bin", "a\\b.bin"],
    ["the direction turned round", "photo\u202egpj.exe", "photogpj.exe"],
    ["line separators", "a\u2028b\u2029c", "abc"],
    [
      "emoji",
      "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f600}.bin",
      "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f600}.bin",
    ],
    ["escapes", "%0d%0aX: y%00.bin", "%0d%0aX: y%00.bin"],
    ["a path", "../../x", "../../x"],
    ["a path of Windows", "..\\..\\x", "..\\..\\x"],
    ["nothing but dots", "..", ".."],
    ["nothing but control characters", "\u0001\u001f\u007f\u0085", "part"],
  ])("as a field: %s", async (_, name, kept) => {
    const { filename, disposition, headers } = await roundTrip(asField(name));
    expect(filename).toBe(kept);
    checkHeader(disposition);
    expect(headers).not.toHaveProperty("set-cookie");
  });

  test.each([
    ["quotes", 'a\\"; filename=\\"b.exe'],
    ["the direction turned round", "photo\u202egpj.exe"],
    ["emoji", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f600}.bin"],
    ["a path", "../../x"],
    ["a path of Windows", "..\\\\..\\\\x"],
    ["nothing but dots", ".."],
    ["line breaks", "a\r\nSet-Cookie: x=1"],
    ["a line feed", "a\nb"],
    ["a NUL", "a\u0000b"],
  ])("as the part's: %s", async (_, name) => {
    const { status, filename, disposition, headers } = await roundTrip(asPart(name));
    if (status !== 200) return expect(status).toBe(400);
    expect(filename).not.toMatch(/[\p{Cc}\u202e]/u);
    checkHeader(disposition);
    expect(headers).not.toHaveProperty("set-cookie");
  });

  test("of 10,000 characters: the part's is cut, the field is refused", async () => {
    const { status, filename, disposition } = await roundTrip(asPart(LONG));
    expect(status).toBe(200);
    expect(filename).toBe("a".repeat(1024));
    checkHeader(disposition);
    expect((await roundTrip(asField(LONG))).status).toBe(400);
  });

  test("with a NUL is refused as a field, as everywhere", async () => {
    expect((await roundTrip(asField("a\u0000b"))).status).toBe(400);
  });
});

test("the header of a download holds a plain name, whatever the file is called", () => {
  const anyName = fc.string({
    unit: fc.oneof(
      fc.constantFrom(..."\"\\/.%;='\u202e\u00e9\u{1f600} "),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    ),
    maxLength: 1024,
  });
  fc.assert(
    fc.property(anyName, (name) => checkHeader(downloadDisposition(name))),
    { numRuns: 500 },
  );
});

function checkHeader(header = ""): void {
  expect(Buffer.byteLength(header)).toBeLessThan(2048);
  expect(header).toMatch(/^[\x20-\x7e\xa0-\xff]+$/);
  const { type, parameters } = contentDisposition.parse(header);
  expect(type).toBe("attachment");
  expect(parameters.filename).toMatch(/^[^/\\\p{Cc}]+$/u);
  expect(parameters.filename).not.toMatch(/^\.+$/);
}
