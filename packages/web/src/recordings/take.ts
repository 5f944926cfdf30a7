import { waveformOf } from "@tacit/client";
import { CaptureError, capture, release } from "./capture.ts";
import { type Format, formatFor, type Medium } from "./formats.ts";
import { Loudness } from "./loudness.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What has been recorded, ready to be heard and sent. */
export interface Recorded {
  /** Tells it from others. */
  readonly key: string;
  readonly medium: Medium;
  readonly blob: Blob;
  readonly name: string;
  /** Milliseconds. */
  readonly duration: number;
  /** Loudness over time, 0 to 255. */
  readonly waveform?: readonly number[];
  /** Pixels, of a video. */
  readonly width?: number;
  /** Pixels, of a video. */
  readonly height?: number;
}

/** Bits a second: clear speech, and a small round picture. */
const VOICE_BITS = 32_000;
const VIDEO_BITS = 1_000_000;
/** Octets at which a recording ends by itself: below what can be sent. */
const MOST_OCTETS = 48 * 1024 * 1024;
/** Milliseconds between pieces: what a crash of the recorder would cost. */
const PIECE = 1000;

/** A recording that goes on. The microphone and the camera are on from {@link Take.start} until `stop` or `cancel`. */
export class Take {
  readonly medium: Medium;
  /** What is recorded, for a preview. */
  readonly stream: MediaStream;
  readonly #format: Format;
  readonly #recorder: MediaRecorder;
  readonly #loudness: Loudness;
  readonly #pieces: Blob[] = [];
  readonly #stopwatch = new Stopwatch();
  /** Every piece is there. */
  readonly #written: Promise<unknown>;
  #isOver = false;
  #wakeLock: Promise<WakeLockSentinel | undefined> = Promise.resolve(undefined);

  /**
   * Asks for the devices and begins.
   * @param onCutShort hears that it cannot go on: a device is gone, or it is as large as can be sent
   * @throws CaptureError
   */
  static async start(medium: Medium, onCutShort: (why: "device" | "longest") => void): Promise<Take> {
    const stream = await capture(medium);
    try {
      const take = new Take(medium, stream, onCutShort);
      take.#begin();
      return take;
    } catch (error) {
      release(stream);
      throw error instanceof CaptureError ? error : new CaptureError("unsupported", { cause: error });
    }
  }

  private constructor(medium: Medium, stream: MediaStream, onCutShort: (why: "device" | "longest") => void) {
    const format = formatFor(medium, (type) => MediaRecorder.isTypeSupported(type));
    if (!format) throw new CaptureError("unsupported");
    this.medium = medium;
    this.stream = stream;
    this.#format = format;
    this.#recorder = new MediaRecorder(stream, {
      mimeType: format.recorded,
      audioBitsPerSecond: VOICE_BITS,
      ...(medium === "video" && { videoBitsPerSecond: VIDEO_BITS }),
    });
    this.#recorder.addEventListener("dataavailable", ({ data }) => {
      this.#pieces.push(data);
      if (this.#octets > MOST_OCTETS) onCutShort("longest");
    });
    this.#recorder.addEventListener("error", () => onCutShort("device"));
    this.#written = new Promise((resolve) => {
      this.#recorder.addEventListener("stop", resolve, { once: true });
    });
    // A browser may end it without a word about the tracks.
    void this.#written.then(() => this.#isOver || onCutShort("device"));
    for (const track of stream.getTracks()) track.addEventListener("ended", () => onCutShort("device"));
    this.#loudness = new Loudness(stream);
  }

  /** Milliseconds. */
  get elapsed(): number {
    return this.#stopwatch.elapsed;
  }

  /** How loud it is, from 0 to 1. */
  get loudness(): number {
    return this.#loudness.now;
  }

  pause(): void {
    this.#stopwatch.stop();
    if (this.#recorder.state === "recording") this.#recorder.pause();
  }

  resume(): void {
    if (this.#recorder.state === "paused") this.#recorder.resume();
    this.#stopwatch.start();
  }

  /** Ends it. @returns what was recorded; `undefined` if that is nothing */
  async stop(): Promise<Recorded | undefined> {
    this.#stopwatch.stop();
    const { width, height } = this.stream.getVideoTracks()[0]?.getSettings() ?? {};
    await this.#stopped();
    this.#turnOff();
    const blob = new Blob(this.#pieces, { type: this.#format.type });
    if (blob.size === 0) return undefined;
    const heard = this.medium === "voice" ? await waveformOf(blob) : undefined;
    return {
      key: crypto.randomUUID(),
      medium: this.medium,
      blob,
      name: `${this.medium}-message.${this.#format.extension}`,
      duration: heard?.duration ?? Math.round(this.elapsed),
      ...(heard && { waveform: heard.waveform }),
      ...(width !== undefined && height !== undefined && { width, height }),
    };
  }

  /** Ends it and forgets it. */
  cancel(): void {
    this.#isOver = true;
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#pieces.length = 0;
    this.#turnOff();
  }

  get #octets(): number {
    return this.#pieces.reduce((sum, { size }) => sum + size, 0);
  }

  #begin(): void {
    this.#recorder.start(PIECE);
    this.#stopwatch.start();
    // A screen that goes dark would end the recording. Refused, it just may.
    this.#wakeLock = Promise.resolve(navigator.wakeLock?.request("screen")).catch(() => undefined);
  }

  /** Without a device it ends by itself, and its last piece comes a moment later. */
  async #stopped(): Promise<void> {
    this.#isOver = true;
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#written;
  }

  #turnOff(): void {
    release(this.stream);
    this.#loudness.close();
    void this.#wakeLock.then((lock) => lock?.release()).catch(() => undefined);
  }
}
