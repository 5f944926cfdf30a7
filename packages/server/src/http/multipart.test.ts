import { EventEmitter, once } from "node:events";
import { createServer, request as startRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { encodeForm, type FormPart, sendRequest } from "@tacit/testkit";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { TacitError } from "../errors.ts";
import { startFormServer } from "./fixtures/form-server.ts";
import { type FormFile, readForm } from "./multipart.ts";
import { readParts } from "./read-parts.ts";

const LIMITS = { fileField: "file", fieldBytes: 64 };
const file = (content: string | Uint8Array, more: Partial<FormPart> = {}): FormPart => ({
  name: "file",
  content,
  filename: "a.bin",
  contentType: "application/octet-stream",
  ...more,
});
const text = (name: string, content: string | Uint8Array): FormPart => ({ name, content });

/** A server that tells what it read, and what it had to undo. */
async function formServer(onFile = readWhole) {
  const undone: unknown[] = [];
  const port = await startFormServer(async ({ raw }) =>
    readForm(raw, LIMITS, onFile, async (result) => void undone.push(result)),
  );
  const post = (headers: Record<string, string>, body: Uint8Array | string) =>
    sendRequest(`http://127.0.0.1:${port}`, { method: "POST", path: "/form", headers, body });
  const send = (parts: readonly FormPart[], boundary?: string) => {
    const { headers, body } = encodeForm(parts, boundary);
    return post(headers, body);
  };
  return { port, post, send, undone };
}

async function readWhole({ content, ...file }: FormFile, fieldsSoFar: Readonly<Record<string, string>>) {
  return { ...file, content: (await buffer(content)).toString("hex"), fieldsSoFar };
}
const hex = (content: string) => Buffer.from(content).toString("hex");

describe("a form", () => {
  test("is read with its fields in any order", async () => {
    const { send } = await formServer();
    const parts = [text("chat_id", "5"), file("hello"), text("mimetype", "text/x")];
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const answer = await send(order.flatMap((index) => parts[index] ?? []));
      expect(answer).toMatchObject({
        status: 200,
        body: {
          fields: { chat_id: "5", mimetype: "text/x" },
          file: { content: hex("hello"), filename: "a.bin" },
        },
      });
    }
  });
});

describe("a form is read", () => {
  test.each([
    ["that begins with dashes", "--aboundary"],
    ["of one character", "x"],
    ["with every character that it may have", "a'()+_,-./:=? b"],
    ["of 70 characters", "y".repeat(70)],
  ])("with a boundary %s", async (_, boundary) => {
    const { send } = await formServer();
    const answer = await send([text("chat_id", "5"), file("\r\n--\r\n--")], boundary);
    expect(answer).toMatchObject({
      status: 200,
      body: { fields: { chat_id: "5" }, file: { content: hex("\r\n--\r\n--") } },
    });
  });

  test("with a boundary that is not quoted", async () => {
    const { post } = await formServer();
    const { body } = encodeForm([file("hello")], "--dio-boundary-0123");
    const headers = { "content-type": "multipart/form-data; boundary=--dio-boundary-0123" };
    expect(await post(headers, body)).toMatchObject({
      status: 200,
      body: { file: { content: hex("hello") } },
    });
  });

  test("whatever the file's octets are, its own delimiters nearly among them", async () => {
    const { send } = await formServer();
    const pieces = [
      "\r",
      "\n",
      "\r\n",
      "-",
      "--",
      "\r\n--",
      "\r\n--bound",
      "bound",
      "\r\n--boundar",
      "\0",
      "x",
    ];
    const octets = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((list) => list.join(""));
    await fc.assert(
      fc.asyncProperty(octets, octets, async (content, field) => {
        const answer = await send(
          [file(content), text("field", field.replaceAll("\0", "").slice(0, 60))],
          "boundary",
        );
        expect(answer).toMatchObject({ status: 200, body: { file: { content: hex(content) } } });
      }),
      { numRuns: 60 },
    );
  });

  test("with the last of repeated fields, and fields called as parts of every object", async () => {
    const { send } = await formServer();
    const { status, body } = await send([
      text("a", "1"),
      text("__proto__", "x"),
      text("constructor", "y"),
      text("a", "2"),
      text("toString", ""),
    ]);
    expect(status).toBe(200);
    const { fields } = body as { fields: object };
    expect(Object.entries(fields).sort()).toEqual([
      ["__proto__", "x"],
      ["a", "2"],
      ["constructor", "y"],
      ["toString", ""],
    ]);
  });

  test("with the fields before the file known when the file begins", async () => {
    const { send } = await formServer();
    const answer = await send([
      text("chat_id", "5"),
      text("x", "y".repeat(64)),
      file("hello"),
      text("late", "1"),
    ]);
    expect(answer).toMatchObject({ body: { file: { fieldsSoFar: { chat_id: "5", x: "y".repeat(64) } } } });
  });

  test.each([
    ["UTF-8", 'filename="žluťoučký 🦊.pdf"', "žluťoučký 🦊.pdf"],
    ["Latin-1, which is replaced", 'filename="caf\xe9.pdf"', "caf\ufffd.pdf"],
    ["RFC 5987", "filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt", "naïve €.txt"],
    ["a path", 'filename="../../etc/passwd"', "passwd"],
    ["a path of Windows", 'filename="C:\\fakepath\\a.txt"', "a.txt"],
    ["10,000 characters", `filename="${"ě".repeat(10_000)}"`, "ě".repeat(10_000)],
    ["nothing", 'filename=""', ""],
    ["no name at all", "x=y", undefined],
  ])("with a file name in %s", async (_, parameter, expected) => {
    const { post } = await formServer();
    const encoding = parameter.includes("\xe9.") ? "latin1" : "utf8";
    const body = Buffer.from(
      `--b\r\nContent-Disposition: form-data; name="file"; ${parameter}\r\n\r\nhello\r\n--b--\r\n`,
      encoding,
    );
    const answer = await post({ "content-type": "multipart/form-data; boundary=b" }, body);
    expect(answer).toMatchObject({ status: 200, body: { file: { content: hex("hello") } } });
    expect((answer.body as { file: { filename?: string } }).file.filename).toBe(expected);
  });

  test("without a file, and with an empty one", async () => {
    const { send } = await formServer();
    expect((await send([text("remove", "true")])).body).toEqual({ fields: { remove: "true" } });
    expect(await send([file("")])).toMatchObject({ status: 200, body: { file: { content: "" } } });
    expect((await send([])).body).toEqual({ fields: {} });
  });

  test("whatever pieces it comes in", async () => {
    const { port } = await formServer();
    const parts = [text("a", "1"), file("hello\r\n--"), text("empty", ""), text("b", "2")];
    const { body, headers } = encodeForm(parts, "bound");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: body.length }), { maxLength: 12 }), async (cuts) => {
        const answer = await sendInPieces(port, headers, body, cuts);
        expect(JSON.parse(answer)).toMatchObject({
          fields: { a: "1", empty: "", b: "2" },
          file: { content: hex("hello\r\n--") },
        });
      }),
      { numRuns: 60 },
    );
  });
});

/** Each piece is a chunk of its own, written once the one before has gone out. */
async function sendInPieces(
  port: number,
  headers: Record<string, string>,
  body: Buffer,
  cuts: readonly number[],
): Promise<string> {
  const request = startRequest({ port, path: "/form", method: "POST", headers, agent: false });
  const answered = once(request, "response");
  const bounds = [0, ...[...cuts].sort((a, b) => a - b), body.length];
  for (const [index, start] of bounds.entries()) {
    const piece = body.subarray(start, bounds[index + 1]);
    if (piece.length > 0) await new Promise((resolve) => request.write(piece, resolve));
  }
  request.end();
  const [response] = await answered;
  return (await buffer(response)).toString("utf8");
}

describe("a form is refused in a plain sentence, and nothing of it is kept,", () => {
  const refusal = {
    status: 400,
    body: { code: "invalid_input", error: expect.stringMatching(/^[A-Z].*\.$/) },
  };
  const type = { "content-type": "multipart/form-data; boundary=b" };
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n';

  test.each([
    ["that is empty", ""],
    ["that is no form", "hello"],
    ["that ends before its first part", "--b\r\n"],
    ["that ends in a header", '--b\r\nContent-Disposition: form-data; name="fi'],
    ["that ends after a header", head],
    ["that ends in a file", `${head}hello`],
    ["that ends between parts", `${head}hello\r\n--b`],
    ["that ends in the last delimiter", `${head}hello\r\n--b-`],
    ["whose part has no name", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"],
    ["whose delimiter is another", `--c${head.slice(3)}hello\r\n--c--`],
  ])("%s", async (_, body) => {
    const { post, undone } = await formServer();
    expect(await post(type, body)).toMatchObject(refusal);
    expect(undone.length).toBeLessThanOrEqual(1);
  });

  test.each([
    ["two files", [file("1"), file("2")]],
    ["a file under another name", [file("1", { name: "files" })]],
    ["a field that is too long", [text("a", "x".repeat(65))]],
    ["more than 20 fields", [file("1"), ...Array.from({ length: 21 }, (_, n) => text(`f${n}`, ""))]],
    ["text that is not UTF-8", [text("a", Buffer.from([0x61, 0xff]))]],
    ["text with an encoded surrogate", [text("a", Buffer.from([0xed, 0xa0, 0x80]))]],
    ["text with U+0000", [text("a", "x\0y")]],
    ["a file name with U+0000", [file("1", { filename: "a\0b" })]],
  ] as [string, FormPart[]][])("with %s", async (_, parts) => {
    const { send } = await formServer();
    expect(await send([text("chat_id", "1"), ...parts])).toMatchObject(refusal);
  });

  test("and undone if the file was complete", async () => {
    const files = new EventEmitter();
    const { port, undone } = await formServer(async (...received) => {
      const result = await readWhole(...received);
      files.emit("read");
      return result;
    });
    const request = startRequest({ port, path: "/form", method: "POST", headers: type });
    const answered = once(request, "response");
    const read = once(files, "read");
    request.write(`${head}hello\r\n--b\r\n`);
    await read;
    request.end("Content-Disposition: form-data; name=a\r\n\r\n\0\r\n--b--");
    const [response] = await answered;
    expect(response.statusCode).toBe(400);
    expect(undone).toMatchObject([{ content: hex("hello") }]);
  });

  test.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    `multipart/form-data; boundary=${"x".repeat(300)}`,
  ])("without a boundary that can be used: %s", async (contentType) => {
    const { post } = await formServer();
    expect(await post({ "content-type": contentType }, `${head}x\r\n--b--`)).toMatchObject(refusal);
  });

  test.each([
    "application/json",
    "text/plain",
    "multipart/mixed; boundary=b",
    "multipart/form-datax; boundary=b",
  ])("415 for another type: %s", async (contentType) => {
    const { post } = await formServer();
    const answer = await post({ "content-type": contentType }, '{"a":1}');
    expect(answer).toMatchObject({ status: 415, body: { code: "unsupported_media_type" } });
  });

  test("where no form is expected: 415", async () => {
    const { port } = await formServer();
    const { headers, body } = encodeForm([file("x")]);
    const request = { method: "POST", path: "/json", headers, body };
    expect(await sendRequest(`http://127.0.0.1:${port}`, request)).toMatchObject({ status: 415 });
  });

  test("with what the file's reader says", async () => {
    const { send } = await formServer(async () => {
      throw new TacitError("quota_exceeded");
    });
    expect(await send([file("x".repeat(500_000))])).toMatchObject({
      status: 413,
      body: { code: "quota_exceeded" },
    });
  });

  test("whatever is wrong with it: it always ends", async () => {
    const { post } = await formServer();
    const { body } = encodeForm([text("a", "1"), file("hello"), text("c", ""), text("d", "4")], "b");
    const change = fc.record({
      at: fc.nat({ max: body.length - 1 }),
      remove: fc.nat({ max: 12 }),
      insert: fc.constantFrom(
        "",
        "\r\n",
        "--b",
        "\r\n--b",
        "--b--",
        "\r\n--b--",
        "\r\n\r\n",
        "-",
        "\0",
        ":",
        ";",
        '"',
        "\\",
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const changed = changes.reduce(
          (bytes, { at, remove, insert }) =>
            Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + remove)]),
          body,
        );
        expect([200, 400]).toContain((await post(type, changed)).status);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a form whose sender goes away", () => {
  test("ends, and so does the file, wherever it is cut off", async () => {
    const ends = new EventEmitter();
    const told: string[] = [];
    const port = await startFormServer(async ({ raw }) => {
      const onFile = (file: FormFile, fields: Readonly<Record<string, string>>) =>
        readWhole(file, fields).finally(() => told.push("file ended"));
      const undo = async () => void told.push("undone");
      const outcome = readForm(raw, LIMITS, onFile, undo).then(
        () => "read",
        (error: unknown) => error,
      );
      void outcome.then((result) => ends.emit("end", result));
      return outcome;
    });
    const { body, headers } = encodeForm(
      [text("a", "1"), file("x".repeat(300_000)), text("b", "2")],
      "bound",
    );
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: body.length - 1 }), async (length) => {
        const ended = once(ends, "end");
        const request = startRequest({ port, path: "/form", method: "POST", headers, agent: false });
        request.on("error", () => undefined);
        request.flushHeaders();
        await new Promise((resolve) => request.write(body.subarray(0, Math.max(length, 1)), resolve));
        request.destroy();
        const [outcome] = await ended;
        // The last line break is not missed.
        if (length < body.length - 2) expect(outcome).toMatchObject({ code: "invalid_input" });
      }),
      { numRuns: 40 },
    );
  });

  test("or falls silent is not waited for without end", async () => {
    const http = createServer((request, response) => {
      readParts(request, ({ content }) => buffer(content), 20).catch((error) => response.end(error.message));
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    onTestFinished(() => {
      http.closeAllConnections();
      http.close();
    });
    const { body, headers } = encodeForm([file("x".repeat(300))]);
    const request = startRequest({ port, method: "POST", headers });
    onTestFinished(() => void request.destroy());
    request.on("error", () => undefined).write(body.subarray(0, 100));
    const [response] = await once(request, "response");
    expect(String(await buffer(response))).toBe("The upload has stalled.");
  });
});
