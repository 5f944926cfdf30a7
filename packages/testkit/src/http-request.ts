import { type IncomingHttpHeaders, request as startRequest } from "node:http";

/** A request as it goes over the wire: the path is sent as it is given. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
}

/** An answer: JSON is parsed, text is a string, no body is `undefined`, anything else is bytes. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Sends one request on a connection of its own. `fetch` would normalise paths and refuse some headers. */
export async function sendRequest(
  origin: string,
  { method, path, headers, body }: HttpRequest,
): Promise<HttpAnswer> {
  const { hostname, port } = new URL(origin);
  return await new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      hostname,
      port,
      method,
      path,
      headers: { ...length, ...headers },
      agent: false as const,
    };
    const outgoing = startRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const read = { status: response.statusCode ?? 0, headers: response.headers };
        try {
          resolve({ ...read, body: readBody(response.headers, Buffer.concat(chunks)) });
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function readBody(headers: IncomingHttpHeaders, body: Buffer): unknown {
  const type = headers["content-type"] ?? "";
  if (body.length === 0) return undefined;
  if (type.startsWith("application/json")) return JSON.parse(body.toString("utf8"));
  return type.startsWith("text/") ? body.toString("utf8") : body;
}
