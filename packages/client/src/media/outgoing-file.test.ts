import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { createFileCipher } from "../platform/file-cipher.node.ts";
import { fileFromPath } from "../platform/file-from-path.node.ts";
import { memory } from "../store/memory.ts";
import { openStore } from "../store/open-store.ts";
import { fileToSend } from "./outgoing-file.ts";
import { peaksOf } from "./peaks.ts";
import { spool } from "./spool.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tacit-files-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const nothing = { size: 0, stream: () => [] };

it.each([
  ["C:\\Users\\anna\\photo.JPG", undefined, "photo.JPG", "image/jpeg"],
  ["/home/anna/notes.md", "", "notes.md", "text/markdown"],
  ["song", "audio/mpeg", "song", "audio/mpeg"],
  ["odd.constructor", undefined, "odd.constructor", "application/octet-stream"],
  ["line\nbreak\0.txt", "text/html\r\nX: y", "linebreak.txt", "text/plain"],
  ["", undefined, "file", "application/octet-stream"],
  ["..", "nonsense", "..", "application/octet-stream"],
])("the name %j with the type %j is told as %j, %j", (name, type, told, mimetype) => {
  const described = { content: nothing, name, ...(type === undefined ? {} : { type }) };
  expect(fileToSend(described)).toMatchObject({ name: told, mimetype });
});

it("no name holds a folder, a control character, or what is no text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      const told = fileToSend({ content: nothing, name }).name;
      expect(Buffer.from(told).toString()).toBe(told);
      expect(told).toMatch(/^[^\p{Cc}\\/]{1,510}$/u);
    }),
  );
});

it("a file on the disk is sent by its name, and refused if it has changed meanwhile", async () => {
  const path = join(folder, "report.pdf");
  await writeFile(path, "contents");
  const dependencies = { store: await openStore(memory()), cipher: createFileCipher() };
  const file = await fileFromPath(path);
  const { attachment } = await spool(dependencies, file, newMessageKey());
  expect(attachment).toMatchObject({ name: "report.pdf", mimetype: "application/pdf", size: 8 });
  await writeFile(path, "other contents");
  await expect(spool(dependencies, file, newMessageKey())).rejects.toMatchObject({ code: "file_changed" });
  await rm(path);
  await expect(spool(dependencies, file, newMessageKey())).rejects.toMatchObject({ code: "file_changed" });
  await expect(fileFromPath(path)).rejects.toMatchObject({ code: "file_changed" });
  await expect(fileFromPath(folder)).rejects.toMatchObject({ code: "file_changed" });
});

it("a recording is drawn with 64 numbers, the loudest of which is 255", () => {
  fc.assert(
    fc.property(
      fc.float32Array({ minLength: 64, maxLength: 2000, noNaN: true, min: -1, max: 1 }),
      (samples) => {
        const peaks = peaksOf(samples);
        expect(peaks).toHaveLength(64);
        expect(peaks.every((peak) => Number.isInteger(peak) && peak >= 0 && peak <= 255)).toBe(true);
        expect(Math.max(...peaks)).toBe(samples.some((sample) => sample !== 0) ? 255 : 0);
      },
    ),
  );
  expect(peaksOf(new Float32Array(0))).toEqual([]);
});
