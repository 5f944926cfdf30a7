import type { AddressInfo } from "node:net";
import Fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { TacitError } from "../errors.ts";
import { startFormServer } from "./fixtures/form-server.ts";
import { openRawConnection } from "./fixtures/raw-connection.ts";
import { readForm } from "./multipart.ts";
import { endSlowBodies } from "./slow-body.ts";
import { answerBeforeTheBody } from "./unread-body.ts";

const MIB = 1024 * 1024;
const FORM = "Content-Type: multipart/form-data; boundary=b";
const JSON_TYPE = "Content-Type: application/json";

const head = (method: string, path: string, ...headers: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n")}\r\n\r\n`;

/** Refuses every form before it has read anything of it. */
const startRefusing = () =>
  startFormServer(async () => {
    throw new TacitError("not_a_member");
  });

describe("a client that looks for the answer only after it has sent all of 60 MB gets it", () => {
  test.each([
    ["a form that is not welcome", "POST", "/form", FORM, 403],
    ["a form where none is expected", "POST", "/json", FORM, 415],
    ["a body of another type", "POST", "/json", "Content-Type: text/plain", 415],
    ["JSON that is too long", "POST", "/json", JSON_TYPE, 413],
    ["a path that leads nowhere", "POST", "/nowhere", FORM, 404],
    ["another method", "PUT", "/form", FORM, 405],
    ["a path that is no URL", "POST", "/%zz", FORM, 400],
  ])("%s", async (_, method, path, type, status) => {
    const port = await startRefusing();
    for (const connection of ["keep-alive", "close"]) {
      const client = await openRawConnection(port);
      client.write(head(method, path, type, `Content-Length: ${60_000_000}`, `Connection: ${connection}`));
      expect(await client.sendZeros(60_000_000)).toBe(60_000_000);
      expect(await client.receive(/^HTTP\/1.1 \d+/)).toBe(`HTTP/1.1 ${status}`);
      await client.receive(/"error":".*\}/);
    }
  });
});

test("a client that reads at once has the whole answer before it has sent its body", async () => {
  const client = await openRawConnection(await startRefusing());
  client.write(head("POST", "/form", FORM, "Content-Length: 1000"));
  const answer = await client.receive(/^HTTP.*\r\n\r\n\{.*\}/s);
  expect(answer).toMatch(/^HTTP\/1.1 403/);
  const [headers = "", body = ""] = answer.split("\r\n\r\n");
  expect(headers).toMatch(new RegExp(`^content-length: ${body.length}$`, "im"));
});

test("after a refused upload the connection serves the next request, and the one after that", async () => {
  const client = await openRawConnection(await startRefusing());
  client.write(head("POST", "/form", FORM, "Content-Length: 3000000"));
  await client.sendZeros(3_000_000);
  client.write(`${head("POST", "/json", JSON_TYPE, "Content-Length: 16")}{"nickname":"a"}`);
  client.write(head("GET", "/nowhere"));
  await client.receive(/^HTTP\/1.1 403.*?not_a_member.*?\}/s);
  await client.receive(/^HTTP\/1.1 200.*?\{"nickname":"a"\}/s);
  await client.receive(/^HTTP\/1.1 404.*\}/s);
});

test("and so it does after one in chunks", async () => {
  const client = await openRawConnection(await startRefusing());
  client.write(head("POST", "/form", FORM, "Transfer-Encoding: chunked"));
  for (let sent = 0; sent < 40; sent++) {
    client.write(`${(100_000).toString(16)}\r\n`);
    await client.sendZeros(100_000);
    client.write("\r\n");
  }
  client.write(`0\r\n\r\n${head("GET", "/nowhere")}`);
  await client.receive(/^HTTP\/1.1 403.*?not_a_member.*?\}/s);
  await client.receive(/^HTTP\/1.1 404.*\}/s);
});

test("whoever never stops sending is cut off after 64 MiB", async () => {
  const port = await startRefusing();
  for (const [path, type] of [
    ["/form", FORM],
    ["/json", JSON_TYPE],
  ] as const) {
    const client = await openRawConnection(port);
    client.write(head("POST", path, type, "Content-Length: 900000000000"));
    const sent = await client.sendZeros(1024 * MIB);
    await client.ended;
    expect(sent).toBeGreaterThanOrEqual(64 * MIB);
    // What the sockets of both sides hold comes on top.
    expect(sent).toBeLessThan(96 * MIB);
  }
});

describe("a client that waits to be asked for its body", () => {
  const EXPECT = "Expect: 100-continue";

  test("is refused without having sent it", async () => {
    const port = await startRefusing();
    for (const [path, type, length, status] of [
      ["/form", FORM, 1000, 403],
      ["/json", JSON_TYPE, 60_000_000, 413],
      ["/json", "Content-Type: text/plain", 10, 415],
    ] as const) {
      const client = await openRawConnection(port);
      client.write(head("POST", path, type, EXPECT, `Content-Length: ${length}`));
      expect(await client.receive(/^HTTP\/1.1 \d+/)).toBe(`HTTP/1.1 ${status}`);
      expect(await client.receive(/connection: \S+/i)).toMatch(/close/);
      client.end();
      await client.ended;
    }
  });

  test("is asked, and then answered", async () => {
    const port = await startFormServer(({ raw }) =>
      readForm(
        raw,
        { fileField: "file", fieldBytes: 10 },
        async () => undefined,
        async () => undefined,
      ),
    );
    const form = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n';
    const client = await openRawConnection(port);
    for (const [path, type, body, answer] of [
      ["/form", FORM, form, '{"fields":{"a":"1"}}'],
      ["/json", JSON_TYPE, '{"nickname":"a"}', '{"nickname":"a"}'],
    ] as const) {
      client.write(head("POST", path, type, EXPECT, `Content-Length: ${body.length}`));
      await client.receive(/^HTTP\/1.1 100 Continue\r\n\r\n/);
      client.write(body);
      expect(await client.receive(/^HTTP\/1.1 200.*\r\n\r\n\{.*\}/s)).toContain(answer);
    }
  });
});

describe("a body that does not come", () => {
  async function startServer(set: (server: ReturnType<typeof Fastify>) => void): Promise<number> {
    const server = Fastify();
    set(server);
    server.removeAllContentTypeParsers();
    server.addContentTypeParser(
      "text/plain",
      { parseAs: "string" },
      async (_: unknown, body: string) => body,
    );
    server.addContentTypeParser("*", async () => undefined);
    server.post("/", async () => "answer");
    await server.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => {
      server.server.closeAllConnections();
      return server.close();
    });
    return (server.server.address() as AddressInfo).port;
  }

  test("after the answer ends the connection when time is up", async () => {
    const client = await openRawConnection(
      await startServer((server) => answerBeforeTheBody(server, { bytes: 1000, milliseconds: 50 })),
    );
    client.write(`${head("POST", "/", "Content-Length: 100")}abc`);
    await client.receive(/^HTTP\/1.1 200.*answer/s);
    await client.ended;
  });

  test("before the answer ends it as well", async () => {
    const client = await openRawConnection(await startServer((server) => endSlowBodies(server, 50)));
    client.write(`${head("POST", "/", "Content-Type: text/plain", "Content-Length: 100")}abc`);
    await client.ended;
  });
});
