import type { Metadata, SharpOptions } from "sharp";
import { TacitError } from "../errors.ts";
import { turns } from "../turns.ts";

/** Pixels of a side of every picture. */
const SIDE = 512;
const MAX_PIXELS = 50_000_000;
/** Octets that a decoder may hold: some formats cannot be read line by line. */
const MAX_HELD_BYTES = 4 * MAX_PIXELS;
const TIMEOUT_SECONDS = 10;

/** One is enough, and takes one of libuv's four threads: Argon2 takes up to two, and files need the rest. */
const AT_ONCE = 1;
const WAITING = 32;

/** The loaders of the four formats, from memory. All others, and there are many in the library, cannot be reached. */
const LOADERS = ["Png", "Jpeg", "Nsgif", "Webp"].map((format) => `VipsForeignLoad${format}Buffer`);

const INPUT: SharpOptions = { limitInputPixels: MAX_PIXELS, failOn: "error", pages: 1 };

/**
 * Makes of a PNG, JPEG, GIF or WebP, told by its content, a square WebP: upright, of an animation the first frame, and
 * without any metadata, such as where it was taken.
 *
 * @throws {TacitError} `invalid_image`; `busy` when too many are waiting or it takes too long.
 */
export type RenderPicture = (octets: Buffer) => Promise<Buffer>;

/** Builds it. The library is loaded for the first picture: it would cost an idle server memory. */
export function pictureRenderer(): RenderPicture {
  const takeTurn = turns(AT_ONCE, WAITING);
  let loading: ReturnType<typeof loadSharp> | undefined;
  return (octets) =>
    takeTurn(async () => {
      loading ??= loadSharp();
      return await render(await loading, octets);
    });
}

async function loadSharp() {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS });
  return sharp;
}

async function render(sharp: Awaited<ReturnType<typeof loadSharp>>, octets: Buffer): Promise<Buffer> {
  try {
    const picture = sharp(octets, INPUT);
    if (heldBytes(await picture.metadata()) > MAX_HELD_BYTES) throw new Error("pixel limit of this format");
    return await picture
      .timeout({ seconds: TIMEOUT_SECONDS })
      .autoOrient()
      .resize(SIDE, SIDE, { fit: "cover" })
      .webp()
      .toBuffer();
  } catch (cause) {
    throw refusal(cause);
  }
}

/** The library tells its errors apart by their texts alone. */
function refusal(cause: unknown): TacitError {
  const { message } = cause as Error;
  if (message.startsWith("timeout:")) return new TacitError("busy", { cause });
  const sentence = "The picture has too many pixels. Make it smaller and try again.";
  return new TacitError("invalid_image", message.includes("pixel limit") ? { sentence, cause } : { cause });
}

/** What the decoder holds if it needs the whole picture; a progressive JPEG's coefficients have two octets each. */
function heldBytes({ format, width, height, channels, depth, isProgressive }: Metadata): number {
  const isByLine = (format === "png" || format === "jpeg") && !isProgressive;
  const sampleBytes = depth === "ushort" || format === "jpeg" ? 2 : 1;
  return isByLine ? 0 : width * height * channels * sampleBytes;
}
