import type { FileSource } from "../crypto/file-pieces.ts";
import { iterate } from "../crypto/file-pieces.ts";
import { fromBase64, type Octets, plain } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { FileCipher } from "../platform/file-cipher.ts";
import type { AttachmentRecord } from "../store/tables.ts";
import { type ReceiveDependencies, receive } from "./receive.ts";
import type { TransferOptions } from "./upload.ts";

/** What a download needs. */
export interface DownloadDependencies extends ReceiveDependencies {
  readonly cipher: FileCipher;
}

/**
 * A file of a message, piece by piece, in constant memory, but for a file in one piece. Every piece was verified; it is the
 * whole file only once the iteration has ended by itself.
 *
 * @param key the message's, base64 of 32 octets; `undefined` for a message that is not encrypted
 * @throws TacitError `unknown_file` if it is gone or not for this account, `unreachable`, `timeout`, `bad_answer`,
 *   `unreadable_message` for an encrypted file of a message without a key; CryptoError `decryption_failed`, `malformed`,
 *   `file_incomplete`, `file_too_long` if it is not what its sender encrypted; the signal's reason
 */
export async function* download(
  dependencies: DownloadDependencies,
  attachment: AttachmentRecord,
  key: string | undefined,
  { signal, onProgress }: TransferOptions = {},
): AsyncGenerator<Octets, void, undefined> {
  signal?.throwIfAborted();
  const { metadata, size } = attachment;
  const source = sourceOf(dependencies, attachment, signal);
  const pieces =
    key === undefined
      ? notEncrypted(attachment, source)
      : dependencies.cipher.decrypt(fromBase64(key), source, metadata, { size, signal });
  let done = 0;
  for await (const piece of pieces) {
    done += piece.length;
    onProgress?.(done);
    yield piece;
  }
}

/** Old clients put small files into the message itself. */
function sourceOf(
  dependencies: DownloadDependencies,
  { fileId, metadata }: AttachmentRecord,
  signal: AbortSignal | undefined,
): FileSource {
  if (fileId !== null) return receive(dependencies, fileId, signal);
  if (typeof metadata.enc_file === "string") return [fromBase64(metadata.enc_file)];
  throw new TacitError("unknown_file", "The message does not say where this file is.");
}

async function* notEncrypted({ metadata }: AttachmentRecord, source: FileSource): AsyncGenerator<Octets> {
  if (metadata.nonce || metadata.nonces)
    throw new TacitError("unreadable_message", "The file is encrypted, and there is no key to it.");
  for await (const octets of iterate(source)) yield plain(octets);
}
