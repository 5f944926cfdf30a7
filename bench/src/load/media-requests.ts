import { randomBytes } from "node:crypto";
import { type Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Whose requests go where, on one connection. */
export interface MediaConnection {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent;
  readonly signal?: AbortSignal;
  /** Called with each number of octets of a file that was sent or has come. */
  readonly onProgress: (octets: number) => void;
}

/** Random, because a disk might compress; once, because making it costs as much as sending it. */
const BLOCK = randomBytes(65_536);
const BOUNDARY = "----tacit-bench-7d1b6c1e";

/** Sends a form with a file, as existing clients do. @returns the file's id. @throws {Error} with the answer, if it is a refusal. */
export async function uploadFile(connection: MediaConnection, chatId: number, size: number): Promise<number> {
  const head = Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n${chatId}\r\n` +
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="file.bin"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const headers = {
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    "content-length": head.length + size + tail.length,
  };
  const { asked, answer } = ask(connection, "/media", { method: "POST", headers });
  const [received] = await Promise.all([
    answer.then(textOf),
    pipeline(form(head, size, tail, connection.onProgress), asked),
  ]);
  return (JSON.parse(received) as { file_id: number }).file_id;
}

/** Reads a file to its end. @throws {Error} if it is refused or shorter than that. */
export async function downloadFile(connection: MediaConnection, id: number, size: number): Promise<void> {
  const { asked, answer } = ask(connection, `/media/${id}`, { method: "GET" });
  asked.end();
  const response = await answer;
  if (response.statusCode !== 200) throw new Error(`GET /media answered ${await textOf(response)}`);
  let bytes = 0;
  const count = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      connection.onProgress(chunk.length);
      done();
    },
  });
  await pipeline(response, count);
  if (bytes < size) throw new Error(`${bytes} octets came of ${size}`);
}

function ask({ url, token, agent, signal }: MediaConnection, path: string, options: RequestOptions) {
  const asked = request(url + path, {
    ...options,
    agent,
    headers: { ...options.headers, authorization: `Bearer ${token}` },
    ...(signal ? { signal } : {}),
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    asked.once("response", resolve).once("error", reject);
  });
  return { asked, answer };
}

/** @param onProgress called when the connection has taken a part and wants the next. */
function form(head: Buffer, size: number, tail: Buffer, onProgress: (octets: number) => void): Readable {
  function* parts() {
    yield head;
    for (let left = size; left > 0; left -= BLOCK.length) {
      const part = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
      yield part;
      onProgress(part.length);
    }
    yield tail;
  }
  return Readable.from(parts());
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (answer.statusCode !== 200) throw new Error(`the server answered ${answer.statusCode}: ${text}`);
  return text;
}
