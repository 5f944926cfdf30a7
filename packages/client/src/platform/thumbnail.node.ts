import { plain } from "../crypto/primitives/octets.ts";
import { type LookAt, MOST_PIXELS, smallEnough } from "./thumbnail.ts";

/** What is used of the library `sharp`. */
interface Picture {
  metadata(): Promise<{ readonly width?: number; readonly height?: number; readonly orientation?: number }>;
  rotate(): Picture;
  resize(options: {
    readonly width: number;
    readonly height: number;
    readonly fit: "inside";
    readonly withoutEnlargement: true;
  }): Picture;
  webp(options: { readonly quality: number }): Picture;
  toBuffer(): Promise<Uint8Array>;
}
type OpenPicture = (octets: Uint8Array, options: { readonly limitInputPixels: number }) => Picture;

/** From here on, the camera was held on its side (Exif 2.32, orientation). */
const ON_ITS_SIDE = 5;

/** With `sharp`, if the program that uses this package has it; pictures only. */
export const lookAt: LookAt = async (file, mimetype, maxBytes) => {
  const open = mimetype.startsWith("image/") ? await sharp() : undefined;
  if (!open) return undefined;
  const octets = new Uint8Array(await file.arrayBuffer());
  const picture = () => open(octets, { limitInputPixels: MOST_PIXELS });
  const thumbnail = await smallEnough(maxBytes, async (side, quality) => {
    const small = picture()
      .rotate()
      .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });
    return plain(await small.webp({ quality: Math.round(quality * 100) }).toBuffer());
  });
  const { width = 0, height = 0, orientation = 1 } = await picture().metadata();
  const [across, down] = orientation >= ON_ITS_SIDE ? [height, width] : [width, height];
  return { width: across, height: down, ...(thumbnail && { thumbnail }) };
};

/** Not among the dependencies: most bots send no pictures, and it is large. */
async function sharp(): Promise<OpenPicture | undefined> {
  const name: string = "sharp";
  try {
    const library: { readonly default: OpenPicture } = await import(name);
    return library.default;
  } catch {
    return undefined;
  }
}
