import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { concat } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { answerOf, FILE_NAME, FILE_TYPE, type SendFile, type UploadRequest } from "./upload.ts";

/** More than any answer to an upload has. */
const MOST_ANSWER = 256 * 1024;

/** Not with `fetch`, which forgets the answer of a server that refuses a file before all of it has come. */
export const sendFile: SendFile = async (upload) => {
  const { signal } = upload;
  signal.throwIfAborted();
  const boundary = `tacit-${crypto.randomUUID()}`;
  const [head, end] = [headOf(upload, boundary), new TextEncoder().encode(`\r\n--${boundary}--\r\n`)];
  const outgoing = open(upload, boundary, head.length + upload.size + end.length);
  const answer = answerTo(outgoing);
  // It is awaited below, after the writing.
  answer.catch(() => undefined);
  const stop = () => outgoing.destroy();
  signal.addEventListener("abort", stop);
  try {
    await write(outgoing, answer, upload, head, end);
    return await answer;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TacitError) throw error;
    throw new TacitError("unreachable", "The server cannot be reached.");
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
};

/** A multipart form (RFC 7578) up to the octets of the file. */
function headOf({ chatId }: UploadRequest, boundary: string): Uint8Array {
  const part = (name: string) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
  const chat = `${part("chat_id")}\r\n\r\n${chatId}\r\n`;
  const file = `${part("file")}; filename="${FILE_NAME}"\r\nContent-Type: ${FILE_TYPE}\r\n\r\n`;
  return new TextEncoder().encode(chat + file);
}

function open({ url, token }: UploadRequest, boundary: string, length: number): ClientRequest {
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return request(url, {
    method: "POST",
    // A connection that the server has just closed would lose the file.
    agent: false,
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": `multipart/form-data; boundary=${boundary}`,
      "Content-Length": length,
    },
  });
}

/** Writes until everything is out, or there is an answer or none will come. */
async function write(
  outgoing: ClientRequest,
  answer: Promise<unknown>,
  { pieces, onProgress }: UploadRequest,
  head: Uint8Array,
  end: Uint8Array,
): Promise<void> {
  let answered = false;
  const settle = () => {
    answered = true;
  };
  const settled = answer.then(settle, settle);
  const send = (octets: Uint8Array) =>
    Promise.race([new Promise((sent) => outgoing.write(octets, sent)), settled]);
  let sent = 0;
  await send(head);
  for await (const piece of pieces()) {
    await send(piece);
    if (answered) return;
    sent += piece.length;
    onProgress(sent);
  }
  outgoing.end(end);
}

async function answerTo(outgoing: ClientRequest): Promise<Response> {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve);
    // Also after the answer has begun: it may be complete, although the rest of the file cannot be sent any more.
    outgoing.on("error", reject);
    outgoing.once("close", () => reject(new Error("closed without an answer")));
  });
  const status = incoming.statusCode ?? 0;
  const answer = answerOf(status, incoming.headers["retry-after"], await bodyOf(incoming));
  if (!answer) throw badAnswer(status);
  return answer;
}

async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_ANSWER) throw badAnswer(incoming.statusCode ?? 0);
  }
  return concat(...chunks);
}

function badAnswer(status: number): TacitError {
  return new TacitError("bad_answer", "The server answered what the protocol does not allow.", { status });
}
