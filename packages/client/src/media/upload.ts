import { mediaEndpoints, type UploadedFile } from "@tacit/protocol";
import { sendFile } from "#platform/upload";
import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { SpooledFile } from "../store/tables.ts";
import { abortable } from "../transport/abortable.ts";
import { readAnswer, readRefusal } from "../transport/answer.ts";
import type { Session } from "../transport/session.ts";
import { newPatience } from "./patience.ts";
import { spooledPieces } from "./spool.ts";

/** What may be asked of a transfer. */
export interface TransferOptions {
  /** Ends it, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the octets that are done: of ciphertext for an upload, of plaintext for a download. */
  readonly onProgress?: (done: number) => void;
}

/** What an upload needs. */
export interface UploadDependencies {
  /** As `https://chat.example.org`, without a slash at the end. */
  readonly server: string;
  readonly session: Pick<Session, "accessToken" | "renew">;
  readonly store: LocalStore;
  /** Milliseconds without progress after which a transfer has failed. */
  readonly patience: number;
}

/**
 * Uploads a spooled file, which stays in the spool.
 *
 * @returns its `file_id`, good for a day until a message names it
 * @throws TacitError with the server's code, such as `quota_exceeded`, `body_too_large`, `not_a_member`, `storage_full`;
 *   `unreachable` and `timeout`, which are worth another try; `store_damaged`; `signed_out`; the signal's reason
 */
export async function upload(
  { server, session, store, patience }: UploadDependencies,
  chatId: number,
  file: SpooledFile,
  { signal, onProgress }: TransferOptions = {},
): Promise<number> {
  const send = (token: string) => {
    const waiting = newPatience(patience, signal);
    waiting.wait();
    const exchange = sendFile({
      url: `${server}/media`,
      token,
      chatId,
      size: file.encryptedSize,
      pieces: () => spooledPieces(store, file),
      signal: waiting.signal,
      onProgress: (sent) => {
        waiting.wait();
        onProgress?.(sent);
      },
    });
    return exchange.then(fileIdOf).finally(waiting.end);
  };
  const token = await abortable(session.accessToken(), signal);
  try {
    return await send(token);
  } catch (error) {
    if (!(error instanceof TacitError) || error.code !== "unauthorized") throw error;
  }
  return await send(await abortable(session.renew(token), signal));
}

async function fileIdOf(answer: Response): Promise<number> {
  if (!answer.ok) throw await readRefusal(answer);
  // What its schema does not allow was thrown.
  const stored = (await readAnswer(mediaEndpoints.uploadMedia, answer)) as UploadedFile;
  return stored.file_id;
}
