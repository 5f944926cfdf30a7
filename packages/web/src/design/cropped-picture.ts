import type { Area } from "react-easy-crop";

/** Pixels of a side; enough for every screen, and small enough to be fetched by everybody. */
const LARGEST = 1024;

/** A part of a picture as a square file of at most 1,024 pixels a side. Nothing but the pixels is kept: no place, no camera. */
export async function croppedPicture(picture: ImageBitmap, area: Area): Promise<Blob> {
  const side = Math.max(1, Math.min(LARGEST, Math.round(area.width)));
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser has no canvas to draw on.");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, area.x, area.y, area.width, area.height, 0, 0, side, side);
  // Where WebP cannot be written it is a PNG, which this many pixels keep below what the server takes.
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/webp", 0.9));
  if (!blob) throw new Error("The browser could not write the picture.");
  return blob;
}
