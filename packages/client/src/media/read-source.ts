import type { FileSource } from "../crypto/file-pieces.ts";
import { TacitError } from "../errors.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** How to read what a caller gave. */
export interface ReadOptions {
  /** Ends the reading, also of a source that gives nothing for a long time. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the octets read so far. */
  readonly onRead?: (octets: number) => void;
}

/**
 * The octets of a file as its owner gives them. Nothing of what a source fails with is passed on: it may name a path.
 *
 * @param size in octets
 * @throws TacitError `file_changed` if it cannot be read, or gives fewer or more octets; the signal's reason
 */
export async function* readSource(
  open: () => FileSource,
  size: number,
  { signal, onRead }: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0;
  try {
    for await (const octets of unlessAborted(open(), signal)) {
      read += octets.length;
      if (read > size) break;
      onRead?.(read);
      yield octets;
    }
  } catch {
    signal?.throwIfAborted();
    throw changed("The file can no longer be read.");
  }
  if (read !== size) throw changed("The file has another size than it was said to have.");
}

function changed(message: string): TacitError {
  return new TacitError("file_changed", message);
}
