/** What the browser reads codes with, where it can. */
interface CodeDetector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

declare global {
  var BarcodeDetector:
    | {
        new (options: { readonly formats: readonly string[] }): CodeDetector;
        getSupportedFormats(): Promise<readonly string[]>;
      }
    | undefined;
}

type Reader = (video: HTMLVideoElement) => Promise<string | undefined>;

/** Milliseconds between two looks: a person holds still for longer, and the device has other things to do. */
const PAUSE = 120;
/** Pixels of the longer side of what is looked at; a code that fills a quarter of it can be read. */
const LONGEST = 800;

/** The QR codes that a playing video shows, as they come up, until the signal. */
export async function* codesIn(
  video: HTMLVideoElement,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const read = await readerOf();
  while (!signal.aborted) {
    const text = video.videoWidth > 0 ? await read(video) : undefined;
    if (signal.aborted) return;
    if (text !== undefined) yield text;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

async function readerOf(): Promise<Reader> {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats()) ?? [];
  if (!globalThis.BarcodeDetector || !formats.includes("qr_code")) return await ownReader();
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

async function ownReader(): Promise<Reader> {
  const { default: jsQR } = await import("jsqr");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("The browser has no canvas to draw on.");
  return async (video) => {
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
  };
}
