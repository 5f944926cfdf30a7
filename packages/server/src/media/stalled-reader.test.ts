import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { endIfStalled } from "./stalled-reader.ts";

test("a reader who takes nothing any more is cut off", async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
    },
  });
  const server = createServer((_, response) => {
    endIfStalled(response, 100);
    response.on("close", () => endless.destroy());
    endless.pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const request = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", agent: false });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  answer.on("error", () => undefined);
  // Nobody reads the answer.
  await once(endless, "close");
  expect(endless.destroyed).toBe(true);
  answer.destroy();
  await new Promise((closed) => server.close(closed));
});
