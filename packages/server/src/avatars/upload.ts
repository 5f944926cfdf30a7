import type { Readable } from "node:stream";
import { TacitError } from "../errors.ts";

/** Octets that a picture takes at first; doubled whenever they do not suffice. */
const FIRST = 64 * 1024;

/** A picture as it was sent. It counts against the memory that all of them may take until it is released. */
export interface Upload {
  readonly octets: Buffer;
  release(): void;
}

/** Receives a picture into memory. @throws {TacitError} `body_too_large`, `busy`; whatever the stream fails with. */
export type ReceiveUpload = (content: Readable) => Promise<Upload>;

/**
 * @param maxBytes of one picture.
 * @param memoryBytes of all pictures that are being received, or wait for their turn: beyond it new octets are refused.
 */
export function uploads(maxBytes: number, memoryBytes: number): ReceiveUpload {
  let taken = 0;
  const take = (octets: number) => {
    if (taken + octets > memoryBytes) throw new TacitError("busy", { retryAfter: 5 });
    taken += octets;
  };
  return async (content) => {
    let room: Buffer = Buffer.alloc(0);
    const release = () => {
      taken -= room.length;
      room = Buffer.alloc(0);
    };
    try {
      let size = 0;
      for await (const chunk of content as AsyncIterable<Buffer>) {
        const needed = size + chunk.length;
        if (needed > maxBytes) throw new TacitError("body_too_large");
        if (needed > room.length) room = grown(room, needed, maxBytes, take);
        // Copied, because chunks can be as small as an octet, which takes a hundred more to hold.
        size += chunk.copy(room, size);
      }
      return { octets: room.subarray(0, size), release };
    } catch (error) {
      release();
      throw error;
    }
  };
}

function grown(room: Buffer, needed: number, maxBytes: number, take: (octets: number) => void): Buffer {
  const length = Math.min(Math.max(needed, 2 * room.length, FIRST), maxBytes);
  take(length - room.length);
  const larger = Buffer.allocUnsafeSlow(length);
  room.copy(larger);
  return larger;
}
