import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutgoingContent } from "../store/tables.ts";
import { safeName, writeMetadata } from "./attachments.ts";
import { readContent, writeContent } from "./content.ts";

const ROOM = { modern: true, room: 190_000 };
const key = new Uint8Array(32).fill(5);
const JPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string().map((text) => `{"tacit":1,${text}`),
);

function words(text: string): OutgoingContent {
  return { kind: "text", text, attachments: [] };
}

it("every text arrives as it was written, whatever it looks like, to old and new clients' readers alike", () => {
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, modern) => {
      const plaintext = writeContent(words(text), { ...ROOM, modern });
      expect(readContent(plaintext, null, key)).toMatchObject({ kind: "text", text, attachments: [] });
    }),
  );
});

const anyFile = fc.record({
  fileId: fc.integer({ min: 1, max: 1000 }),
  name: fc.stringMatching(/^[a-z]{1,20}\.[a-z]{3}$/),
  mimetype: fc.constantFrom("image/png", "video/mp4"),
  size: fc.nat(),
  thumbnail: fc.constant(JPEG),
  width: fc.integer({ min: 1, max: 9000 }),
  duration: fc.nat({ max: 100_000 }),
  waveform: fc.array(fc.nat({ max: 255 }), { maxLength: 100 }),
});

it("files arrive with all that was said of them, in their order, and none of it is in the metadata", () => {
  fc.assert(
    fc.property(anyText, fc.array(anyFile, { minLength: 1, maxLength: 8 }), (text, files) => {
      const attachments = files.map((file) => {
        const { name: filename, fileId: file_id, mimetype, size } = file;
        return { ...file, metadata: { filename, file_id, mimetype, size, nonce: "AAAAAAAAAAAAAAAA" } };
      });
      const content = { kind: "text", text, attachments };
      const metadata = writeMetadata(attachments, "hidden") ?? [];
      for (const { name } of files) expect(JSON.stringify(metadata)).not.toContain(name);
      const read = readContent(writeContent(content, ROOM), metadata, key);
      expect(read.text).toBe(text);
      expect(read.attachments).toMatchObject(files);
    }),
  );
});

it("pictures of files that have no room are left out, from the last one on, and nothing else is", () => {
  const thumbnail = `/9j/${"A".repeat(32_000)}`;
  const metadata = { filename: "file", mimetype: "image/jpeg", size: 1 };
  const file = { fileId: 1, name: "a.jpg", mimetype: "image/jpeg", size: 1, metadata, thumbnail };
  const attachments = Array.from({ length: 10 }, () => file);
  const plaintext = writeContent({ ...words("all of them"), attachments }, { ...ROOM, room: 100_000 });
  const read = readContent(plaintext, writeMetadata(attachments, "hidden") ?? null);
  expect(read.attachments.map((one) => one.thumbnail !== undefined)).toEqual([
    ...[true, true, true],
    ...Array.from({ length: 7 }, () => false),
  ]);
  expect(read.text).toBe("all of them");
});

describe("a document", () => {
  it("of a kind that is not known shows its fallback, and is kept whole", () => {
    const poll = { tacit: 1, type: "poll", fallback: "Tea or coffee?", options: ["tea", "coffee"] };
    const read = readContent(JSON.stringify(poll), null);
    expect(read).toMatchObject({ kind: "poll", text: "Tea or coffee?", document: poll });
    const again = writeContent({ ...read, attachments: [] }, ROOM);
    expect(JSON.parse(again)).toEqual(poll);
    expect(again.startsWith('{"tacit":1,')).toBe(true);
  });

  it("that is written with a text has it as the fallback", () => {
    const content = {
      kind: "location",
      text: "At the oak",
      document: { type: "location", lat: 1 },
      attachments: [],
    };
    expect(JSON.parse(writeContent(content, ROOM))).toEqual({
      tacit: 1,
      type: "location",
      lat: 1,
      fallback: "At the oak",
    });
  });

  it.each([
    '{"tacit":1,',
    '{"tacit":1,"text":"no type"}',
    '{"tacit":1,"type":7}',
    `{"tacit":1,"type":"text","deep":${"[".repeat(100)}${"]".repeat(100)}}`,
  ])("that is malformed is the text that it is: %s", (plaintext) => {
    expect(readContent(plaintext, null)).toEqual({ kind: "text", text: plaintext, attachments: [] });
  });

  it("can be anything without breaking the reader", () => {
    const metadata = [{ filename: "a", mimetype: "b", size: 1 }];
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (files, text) => {
        const plaintext = JSON.stringify({ tacit: 1, type: "text", text, files });
        const { attachments } = readContent(plaintext, metadata);
        expect(attachments).toHaveLength(1);
      }),
    );
  });
});

it("as many files are shown as the message has, whatever its document says", () => {
  const entry = { filename: "file", mimetype: "application/octet-stream", size: 1 };
  const files = [{ name: "a" }, { name: "b" }, { name: "c" }];
  const plaintext = JSON.stringify({ tacit: 1, type: "text", text: "", files });
  const names = (count: number) =>
    readContent(plaintext, Array(count).fill(entry)).attachments.map(({ name }) => name);
  expect(names(1)).toEqual(["a"]);
  expect(names(4)).toEqual(["a", "b", "c", "file"]);
  expect(names(40)).toHaveLength(32);
});

it("the name of a file leads nowhere and hides nothing", () => {
  expect(safeName("../../etc/passwd")).toBe(".._.._etc_passwd");
  expect(safeName("C:\\autoexec.bat")).toBe("C:_autoexec.bat");
  expect(safeName("photo\u202egpj.exe")).toBe("photogpj.exe");
  expect(safeName("a\u0000\r\nb")).toBe("ab");
  for (const empty of ["", ".", "..", " \t "]) expect(safeName(empty)).toBe("file");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      const safe = safeName(name);
      expect(safe).not.toMatch(/[/\\\p{Cc}]/u);
      expect([...safe].length).toBeGreaterThan(0);
      expect([...safe].length).toBeLessThanOrEqual(255);
    }),
  );
});

it("what could be more than a picture, or larger than a small one, is no thumbnail", () => {
  const metadata = [{ filename: "a", mimetype: "b", size: 1 }];
  const svg = btoa('<svg onload="alert(1)"/>');
  for (const thumbnail of [
    svg,
    `${JPEG}"`,
    `/9j/${"A".repeat(33_000)}`,
    7,
    "",
    "data:image/jpeg;base64,/9j/",
  ]) {
    const plaintext = JSON.stringify({ tacit: 1, type: "text", text: "", files: [{ thumbnail }] });
    expect(readContent(plaintext, metadata).attachments[0]?.thumbnail).toBeUndefined();
  }
});
