import type { Tacit } from "@tacit/client";
import { openMedia, UnplayableError } from "./media-element.ts";
import { showOnLockScreen } from "./media-session.ts";

/** Something that can be played. */
export interface Track {
  /** The same for the same recording. */
  readonly key: string;
  readonly kind: "voice" | "video";
  /** Milliseconds, as its sender says. */
  readonly duration: number | undefined;
  /** What the system may show on a locked screen: nothing of who or what. */
  readonly title: string;
  /** Where it is, for a way back to it. */
  readonly place?: { readonly chatId: number; readonly messageId: number; readonly sender: string };
  /** Fetches it. @param onProgress hears how much is there, from 0 to 1 */
  readonly load: (signal: AbortSignal, onProgress: (loaded: number) => void) => Promise<Blob>;
  /** What is played after it. */
  readonly next?: () => Promise<Track | undefined>;
}

/** What is played, and how far it is. */
export interface PlaybackState {
  readonly track: Track;
  readonly step: "loading" | "playing" | "paused" | "failed";
  /** How much is fetched, from 0 to 1. */
  readonly loaded: number;
  /** Milliseconds. */
  readonly position: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly error?: unknown;
}

/** How fast recordings can be played. */
export const SPEEDS: readonly number[] = [1, 1.5, 2];

const SPEED_KEY = "tacit.playback-speed";
/** Recordings that are kept in memory, so that they are not fetched again at once. */
const KEPT = 8;

/** Plays one recording at a time, whatever is on the screen. */
export class Playback {
  /** Plays sound and pictures alike; whoever shows the video puts it where it belongs, see {@link Playback.show}. */
  readonly element = document.createElement("video");
  #state: PlaybackState | undefined;
  #speed = SPEEDS.find((speed) => String(speed) === localStorage.getItem(SPEED_KEY)) ?? 1;
  #loading = new AbortController();
  readonly #positions = new Map<string, number>();
  readonly #kept = new Map<string, Blob>();
  readonly #listeners = new Set<() => void>();
  readonly #parking = document.createElement("div");

  constructor(tacit: Tacit) {
    this.element.playsInline = true;
    this.#parking.hidden = true;
    this.#parking.append(this.element);
    document.body.append(this.#parking);
    for (const name of ["timeupdate", "play", "pause"])
      this.element.addEventListener(name, () => this.#follow());
    this.element.addEventListener("ended", () => void this.#ended());
    tacit.on("session", ({ state }) => {
      if (state === "wiped") this.#forgetAll();
    });
  }

  /** What is played; the same object until it changes. */
  get state(): PlaybackState | undefined {
    return this.#state;
  }

  /** One of {@link SPEEDS}. */
  get speed(): number {
    return this.#speed;
  }

  /** Hears every change. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Where a recording would go on, in milliseconds. */
  positionOf(key: string): number {
    return this.#state?.track.key === key ? this.#state.position : (this.#positions.get(key) ?? 0);
  }

  /** Whether a recording is here already. */
  holds(key: string): boolean {
    return this.#kept.has(key);
  }

  /** Keeps a recording that is here anyway, such as one just sent. */
  keep(key: string, blob: Blob): void {
    this.#kept.delete(key);
    this.#kept.set(key, blob);
    for (const oldest of [...this.#kept.keys()].slice(0, -KEPT)) this.#kept.delete(oldest);
  }

  /** Plays a recording from where it was left, and nothing else. It fails into the state `failed`. */
  async play(track: Track): Promise<void> {
    const isOpen = this.#state?.track.key === track.key && this.#state.step === "paused";
    if (!isOpen) this.#leave();
    const { signal } = this.#loading;
    try {
      if (!isOpen) await this.#open(track, signal);
      await this.#start();
    } catch (error) {
      if (!signal.aborted) this.#change({ step: "failed", error });
    }
  }

  pause(): void {
    this.element.pause();
  }

  /** Plays if it does not, and the other way round. */
  toggle(track: Track): void {
    const { step } = this.#state?.track.key === track.key ? this.#state : { step: "paused" };
    if (step === "loading") this.stop();
    else if (step === "playing") this.pause();
    else void this.play(track);
  }

  /** Ends what is played, or its being fetched. */
  stop(): void {
    this.#leave();
    this.#state = undefined;
    showOnLockScreen(undefined, this);
    this.#tell();
  }

  /** Goes to a place in a recording, also in one that is not played yet. @param position milliseconds */
  seek(track: Track, position: number): void {
    const state = this.#state?.track.key === track.key ? this.#state : undefined;
    const within = Math.max(0, Math.min(position, (state?.duration || track.duration) ?? 0));
    this.#positions.set(track.key, within);
    if (state?.step === "playing" || state?.step === "paused") this.element.currentTime = within / 1000;
    if (state) this.#change({ position: within });
    else this.#tell();
  }

  /** Plays at another speed from now on, this one and the next. */
  setSpeed(speed: number): void {
    this.#speed = SPEEDS.find((known) => known === speed) ?? 1;
    localStorage.setItem(SPEED_KEY, String(this.#speed));
    this.element.defaultPlaybackRate = this.#speed;
    this.element.playbackRate = this.#speed;
    this.#tell();
  }

  /** Shows the picture of what is played in a place on the screen. @returns puts it away; the sound goes on */
  show(place: HTMLElement): () => void {
    place.append(this.element);
    return () => {
      // Elsewhere before the place is gone: a browser pauses what leaves the document.
      if (place.contains(this.element)) this.#parking.append(this.element);
    };
  }

  async #open(track: Track, signal: AbortSignal): Promise<void> {
    const said = track.duration ?? 0;
    const position = this.#positions.get(track.key) ?? 0;
    this.#become({ track, step: "loading", loaded: 0, position, duration: said });
    const blob = this.#kept.get(track.key) ?? (await this.#fetched(track, signal));
    signal.throwIfAborted();
    this.keep(track.key, blob);
    const duration = (await openMedia(this.element, blob, signal)) ?? said;
    this.element.currentTime = this.positionOf(track.key) / 1000;
    this.element.defaultPlaybackRate = this.#speed;
    this.element.playbackRate = this.#speed;
    this.#change({ step: "paused", duration });
  }

  async #fetched(track: Track, signal: AbortSignal): Promise<Blob> {
    return await track.load(signal, (loaded) => signal.aborted || this.#change({ loaded }));
  }

  async #start(): Promise<void> {
    try {
      await this.element.play();
      if (this.#state) showOnLockScreen(this.#state.track, this);
    } catch (error) {
      // The browser wants another press of the button, or it was paused at once: it stays where it is.
      const isNothing = error instanceof DOMException && /NotAllowed|Abort/.test(error.name);
      if (!isNothing) throw error instanceof DOMException ? new UnplayableError() : error;
    }
  }

  #follow(): void {
    if (this.#state?.step !== "playing" && this.#state?.step !== "paused") return;
    const position = Math.min(this.element.currentTime * 1000, this.#state.duration);
    this.#change({ position, step: this.element.paused ? "paused" : "playing" });
  }

  async #ended(): Promise<void> {
    const state = this.#state;
    if (state?.step !== "playing" && state?.step !== "paused") return;
    this.element.currentTime = 0;
    this.#change({ position: 0, step: "paused" });
    const next = await state.track.next?.().catch(() => undefined);
    // Whoever has pressed anything meanwhile wants that instead.
    if (this.#state?.track !== state.track || this.#state.step !== "paused") return;
    if (next) await this.play(next);
    else this.stop();
  }

  /** Leaves what is played where it is. */
  #leave(): void {
    this.#loading.abort();
    this.#loading = new AbortController();
    if (this.#state) this.#positions.set(this.#state.track.key, this.#state.position);
    this.#state = undefined;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }

  #forgetAll(): void {
    this.stop();
    this.#kept.clear();
    this.#positions.clear();
  }

  #change(change: Partial<PlaybackState>): void {
    if (this.#state) this.#become({ ...this.#state, ...change });
  }

  #become(state: PlaybackState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
