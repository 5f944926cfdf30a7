import type { Octets } from "../crypto/primitives/octets.ts";
import { type Look, type LookAt, MOST_PIXELS, smallEnough } from "./thumbnail.ts";

type Drawable = ImageBitmap | HTMLVideoElement;
interface Size {
  readonly width: number;
  readonly height: number;
}

/** With what the browser itself can show. Outside a page, in a worker, there is nothing to measure a picture with. */
export const lookAt: LookAt = async (file, mimetype, maxBytes) => {
  if (typeof document === "undefined") return undefined;
  const url = URL.createObjectURL(file);
  try {
    return await (mimetype.startsWith("video/")
      ? lookAtVideo(url, maxBytes)
      : lookAtPicture(url, file, maxBytes));
  } finally {
    URL.revokeObjectURL(url);
  }
};

async function lookAtPicture(url: string, file: Blob, maxBytes: number): Promise<Look | undefined> {
  const size = await measured(url);
  if (!drawable(size)) return undefined;
  const bitmap = await createImageBitmap(file);
  try {
    const thumbnail = await smallEnough(maxBytes, (side, quality) => drawn(bitmap, size, side, quality));
    return { ...size, ...(thumbnail && { thumbnail }) };
  } finally {
    bitmap.close();
  }
}

function drawable({ width, height }: Size): boolean {
  return width > 0 && height > 0 && width * height <= MOST_PIXELS;
}

/** From the picture's head, without its pixels; the right way up. */
async function measured(url: string): Promise<Size> {
  const picture = new Image();
  picture.src = url;
  await eventOf(picture, "load");
  return { width: picture.naturalWidth, height: picture.naturalHeight };
}

async function lookAtVideo(url: string, maxBytes: number): Promise<Look | undefined> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = url;
  try {
    await eventOf(video, "loadeddata");
    const size = { width: video.videoWidth, height: video.videoHeight };
    if (!drawable(size)) return undefined;
    const thumbnail = await smallEnough(maxBytes, (side, quality) => drawn(video, size, side, quality));
    return { ...size, ...durationOf(video), ...(thumbnail && { thumbnail }) };
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

/** A recording just made does not know how long it is. */
function durationOf({ duration }: HTMLVideoElement): Pick<Look, "duration"> {
  return Number.isFinite(duration) ? { duration: Math.round(duration * 1000) } : {};
}

async function eventOf(element: HTMLElement, name: string): Promise<void> {
  await new Promise((resolve, reject) => {
    element.addEventListener(name, resolve, { once: true });
    element.addEventListener("error", () => reject(new Error("it cannot be shown")), { once: true });
  });
}

async function drawn(
  what: Drawable,
  { width, height }: Size,
  side: number,
  quality: number,
): Promise<Octets> {
  const scale = Math.min(1, side / Math.max(width, height));
  const [across, down] = [width, height].map((pixels) => Math.max(1, Math.round(pixels * scale)));
  const canvas = newCanvas(across ?? 1, down ?? 1);
  const context = canvas.getContext("2d");
  if (!isContext(context)) throw new Error("there is nothing to draw on");
  context.imageSmoothingQuality = "high";
  context.drawImage(what, 0, 0, canvas.width, canvas.height);
  return new Uint8Array(await (await encoded(canvas, quality)).arrayBuffer());
}

function newCanvas(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

function isContext(
  context: unknown,
): context is CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  return typeof context === "object" && context !== null && "drawImage" in context;
}

/** Safari writes no WebP and gives a large PNG instead; then JPEG, which has no transparency. */
async function encoded(canvas: OffscreenCanvas | HTMLCanvasElement, quality: number): Promise<Blob> {
  const webp = await asType(canvas, "image/webp", quality);
  return webp.type === "image/webp" ? webp : await asType(canvas, "image/jpeg", quality);
}

async function asType(
  canvas: OffscreenCanvas | HTMLCanvasElement,
  type: string,
  quality: number,
): Promise<Blob> {
  if ("convertToBlob" in canvas) return await canvas.convertToBlob({ type, quality });
  return await new Promise((resolve, reject) => {
    const take = (blob: Blob | null) => (blob ? resolve(blob) : reject(new Error("it cannot be encoded")));
    canvas.toBlob(take, type, quality);
  });
}
