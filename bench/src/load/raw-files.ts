import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { answerParent } from "../system/child.ts";

/** Where the files go; the answer is the URL. */
export interface RawFilesRequest {
  readonly directory: string;
}

/**
 * What Node.js can do at best with the same requests: the body goes into a file unparsed, nobody is asked who they are, and
 * nothing is hashed or noted in a database. The file is as durable as the server's before the answer.
 */
answerParent(async ({ directory }: RawFilesRequest) => {
  let files = 0;
  const store = async (request: IncomingMessage, response: ServerResponse) => {
    files += 1;
    const id = files;
    await pipeline(request, createWriteStream(join(directory, String(id)), { flush: true }));
    response.end(JSON.stringify({ file_id: id }));
  };
  const fetch = async (request: IncomingMessage, response: ServerResponse) => {
    const path = join(directory, (request.url ?? "").slice("/media/".length));
    response.setHeader("content-length", (await stat(path)).size);
    await pipeline(createReadStream(path), response);
  };
  const server = createServer((request, response) => {
    // A client that breaks off takes only its own transfer with it.
    (request.method === "POST" ? store : fetch)(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
