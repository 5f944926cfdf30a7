import { concat, type Octets } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";

/**
 * A whole file in memory.
 * @param maximum octets that it may have
 * @throws TacitError `file_too_large`; what the download throws
 */
export async function octetsOf(pieces: AsyncIterable<Octets>, maximum: number): Promise<Octets> {
  return concat(...(await gathered(pieces, maximum)));
}

/**
 * A whole file as a blob, which a browser may keep on the disk.
 * @param maximum octets that it may have
 * @throws TacitError `file_too_large`; what the download throws
 */
export async function blobOf(pieces: AsyncIterable<Octets>, type: string, maximum: number): Promise<Blob> {
  return new Blob(await gathered(pieces, maximum), { type });
}

async function gathered(pieces: AsyncIterable<Octets>, maximum: number): Promise<Octets[]> {
  const all: Octets[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > maximum) throw new TacitError("file_too_large", "The file is larger than it may be here.");
    all.push(piece);
  }
  return all;
}
