/** A file on its way to the server. */
export interface UploadRequest {
  /** Of `POST /media`. */
  readonly url: string;
  /** The access token. */
  readonly token: string;
  readonly chatId: number;
  /** Octets of all pieces together. */
  readonly size: number;
  /** What is sent, from the first octet on. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Called with the octets of the file that have left. */
  readonly onProgress: (sent: number) => void;
}

/**
 * Sends a file as a form with the fields `chat_id` and `file`, in constant memory. Its name says nothing: the true one is
 * inside the message.
 *
 * @returns the answer, whatever its status, also if it came before everything was sent
 * @throws TacitError `unreachable`, `bad_answer`; what `pieces` throws; the signal's reason
 */
export type SendFile = (request: UploadRequest) => Promise<Response>;

/** What the server is told of every file. */
export const FILE_NAME = "file";
export const FILE_TYPE = "application/octet-stream";

/** Statuses whose answers have no body (Fetch, section 2.2.3). */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/** An answer as `fetch` would give it; `undefined` for a status that no final answer has. */
export function answerOf(
  status: number,
  retryAfter: string | null | undefined,
  body: Uint8Array<ArrayBuffer>,
): Response | undefined {
  if (status < 200 || status > 599) return undefined;
  const headers = retryAfter ? { "Retry-After": retryAfter } : {};
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers });
}
