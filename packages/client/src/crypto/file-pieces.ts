import { concat, type Octets } from "./primitives/octets.ts";

/** Where the octets of a file come from: a stream, or anything that gives them piece by piece. */
export type FileSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The octets of a source in pieces of `size`, the last one shorter but never empty. It holds one piece at a time, and a
 * source that is not read to its end is told so.
 */
export async function* inPieces(source: FileSource, size: number): AsyncGenerator<Octets> {
  let parts: Uint8Array[] = [];
  let missing = size;
  for await (const octets of iterate(source)) {
    for (let at = 0; at < octets.length; ) {
      // A copy: the source may fill the same memory again.
      const part = octets.slice(at, at + missing);
      parts.push(part);
      at += part.length;
      missing -= part.length;
      if (missing > 0) continue;
      yield concat(...parts);
      parts = [];
      missing = size;
    }
  }
  if (missing < size) yield concat(...parts);
}

/** What comes, as it comes; a source that is not read to its end is told so. */
export function iterate(source: FileSource): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return "getReader" in source ? iterateStream(source) : source;
}

/** Safari's streams are not iterable by themselves. */
async function* iterateStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
    reader.releaseLock();
  }
}
