import { TacitError } from "../errors.ts";
import { abortable } from "../transport/abortable.ts";
import { badAnswer } from "../transport/answer.ts";
import type { AccountApi } from "../transport/api.ts";
import { newPatience } from "./patience.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** What a download needs. */
export interface ReceiveDependencies {
  readonly api: Pick<AccountApi, "raw">;
  /** Milliseconds without progress after which a connection counts as broken. */
  readonly patience: number;
  /** Milliseconds to wait before each further try, as long as nothing more has come. */
  readonly delays: readonly number[];
}

/** How far a file has come. */
interface Progress {
  /** Octets that were given out. */
  at: number;
  /** Octets of the whole file, if the server has said so. */
  total?: number | undefined;
  /** Which version of the file it is (RFC 9110, section 8.8.3). */
  etag?: string | null;
}

/**
 * The octets of a file as the server has them. When the connection breaks off, it goes on with what is missing (RFC 9110, section
 * 14), and gives up after as many tries in a row as there are delays.
 *
 * @throws TacitError `unknown_file`, `unreachable`, `timeout`, `bad_answer` if the file is another one than it was, and as
 *   any call of the account; the signal's reason
 */
export async function* receive(
  dependencies: ReceiveDependencies,
  fileId: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const progress: Progress = { at: 0 };
  for (let failures = 0; ; ) {
    try {
      for await (const octets of receiveRest(dependencies, fileId, progress, signal)) {
        failures = 0;
        progress.at += octets.length;
        yield octets;
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (progress.at === progress.total) return;
      const delay = dependencies.delays[failures++];
      if (delay === undefined || !mayPass(error)) throw error;
      await abortable(new Promise((resolve) => setTimeout(resolve, delay)), signal);
    }
  }
}

const PASSING: readonly unknown[] = ["unreachable", "timeout", "not_ready", "busy"];

function mayPass(error: unknown): boolean {
  return error instanceof TacitError && PASSING.includes(error.code);
}

async function* receiveRest(
  { api, patience }: ReceiveDependencies,
  fileId: number,
  progress: Progress,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const waiting = newPatience(patience, signal);
  const stopping = new AbortController();
  const { at } = progress;
  try {
    waiting.wait();
    const answer = await api.raw("GET", `/media/${fileId}`, {
      // Without `If-Range`, which servers do not let pages of other origins send: the answer's ETag is compared instead.
      headers: at > 0 ? { Range: `bytes=${at}-` } : {},
      signal: AbortSignal.any([waiting.signal, stopping.signal]),
      deadline: Number.POSITIVE_INFINITY,
    });
    let surplus = surplusOf(answer, progress);
    for await (const octets of unlessAborted(answer.body ?? [], waiting.signal)) {
      waiting.rest();
      const wanted = octets.subarray(surplus);
      surplus -= octets.length - wanted.length;
      if (wanted.length > 0) yield wanted;
      waiting.wait();
    }
  } catch (error) {
    waiting.signal.throwIfAborted();
    throw error instanceof TacitError ? error : new TacitError("unreachable", "The connection broke off.");
  } finally {
    waiting.end();
    // A body that nobody reads to its end would keep the connection.
    stopping.abort();
  }
}

/** Reads the head of an answer. @returns how many octets of it have come before */
function surplusOf({ status, headers }: Response, progress: Progress): number {
  const etag = headers.get("ETag");
  const length = headers.get("Content-Length");
  if (progress.at === 0) {
    if (status !== 200) throw badAnswer(status);
    progress.etag = etag;
    // Of something that was compressed on the way it is another length.
    if (length !== null && !headers.has("Content-Encoding")) progress.total = Number(length);
    return 0;
  }
  if (etag !== progress.etag) throw badAnswer(status);
  if (status === 200) return progress.at;
  const resumes = headers.get("Content-Range")?.startsWith(`bytes ${progress.at}-`) ?? false;
  if (status !== 206 || !resumes) throw badAnswer(status);
  return 0;
}
