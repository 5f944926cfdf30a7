import { type FileSource, iterate } from "../crypto/file-pieces.ts";
import { abortable } from "../transport/abortable.ts";

/**
 * What a source gives, until the signal aborts: also while the source gives nothing, and without waiting for it to stop. One
 * that hangs may never say that it has, and Node's `fetch` forgets a body that was all there when its signal aborted.
 *
 * @throws what the source throws; the signal's reason
 */
export async function* unlessAborted(
  source: FileSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const octets = parts(source);
  let ended = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await abortable(octets.next(), signal);
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!ended) octets.return(undefined).catch(() => undefined);
  }
}

async function* parts(source: FileSource): AsyncGenerator<Uint8Array, void, undefined> {
  yield* iterate(source);
}
