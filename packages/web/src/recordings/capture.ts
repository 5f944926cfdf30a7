import type { Medium } from "./formats.ts";

/** Why nothing can be recorded. */
export type CaptureProblem = "refused" | "no_device" | "in_use" | "insecure" | "unsupported" | "failed";

/** Nothing can be recorded, and why. */
export class CaptureError extends Error {
  readonly problem: CaptureProblem;

  constructor(problem: CaptureProblem, options?: ErrorOptions) {
    super(`nothing can be recorded: ${problem}`, options);
    this.name = "CaptureError";
    this.problem = problem;
  }
}

/** Pixels of a side: a round video is a small thing. */
const SIDE = 480;

const CONSTRAINTS: Readonly<Record<Medium, MediaStreamConstraints>> = {
  voice: { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
  video: {
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { facingMode: "user", width: { ideal: SIDE }, height: { ideal: SIDE }, frameRate: { ideal: 30 } },
  },
};

/** Turns the microphone, and for a video the camera, on; the browser asks the person first. @throws CaptureError */
export async function capture(medium: Medium): Promise<MediaStream> {
  if (!globalThis.isSecureContext) throw new CaptureError("insecure");
  if (!navigator.mediaDevices || typeof MediaRecorder === "undefined") throw new CaptureError("unsupported");
  try {
    return await navigator.mediaDevices.getUserMedia(CONSTRAINTS[medium]);
  } catch (error) {
    throw new CaptureError(problemOf(error), { cause: error });
  }
}

/** Turns them off: the browser's sign that it is recording goes out. */
export function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What the browser means (Media Capture and Streams, section 10.2). */
export function problemOf(error: unknown): CaptureProblem {
  if (!(error instanceof DOMException)) return "failed";
  switch (error.name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return "refused";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no_device";
    case "NotReadableError":
    case "AbortError":
      return "in_use";
    case "SecurityError":
      return "insecure";
    case "NotSupportedError":
      return "unsupported";
    default:
      return "failed";
  }
}
