import type { Octets } from "../crypto/primitives/octets.ts";

/** What was seen in a picture or video, as a person sees it: the right way up. */
export interface Look {
  /** JPEG or WebP, at most {@link LONGEST_SIDE} pixels long and wide. */
  readonly thumbnail?: Octets;
  /** Pixels of the original. */
  readonly width?: number;
  readonly height?: number;
  /** Milliseconds of a video. */
  readonly duration?: number;
}

/**
 * Looks at a picture or video.
 * @param mimetype of it, `image/...` or `video/...`
 * @param maxBytes octets that the thumbnail may have
 * @returns `undefined` if this platform cannot, or nobody could: the file is broken, or has too many pixels
 */
export type LookAt = (file: Blob, mimetype: string, maxBytes: number) => Promise<Look | undefined>;

/** Pixels of the longer side of a thumbnail. */
const LONGEST_SIDE = 320;
/** Pixels of a picture that is looked at: more would fill the memory. */
export const MOST_PIXELS = 100_000_000;

/** Ways to make a thumbnail, from the best to the smallest. */
const STEPS: readonly { readonly side: number; readonly quality: number }[] = [
  { side: LONGEST_SIDE, quality: 0.75 },
  { side: LONGEST_SIDE, quality: 0.5 },
  { side: LONGEST_SIDE / 2, quality: 0.6 },
  { side: LONGEST_SIDE / 2, quality: 0.3 },
  { side: LONGEST_SIDE / 4, quality: 0.3 },
];

/** The first that is small enough. */
export async function smallEnough(
  maxBytes: number,
  make: (side: number, quality: number) => Promise<Octets>,
): Promise<Octets | undefined> {
  for (const { side, quality } of STEPS) {
    const made = await make(side, quality);
    if (made.length <= maxBytes) return made;
  }
  return undefined;
}
