/** What is recorded: a voice, or a face with it. */
export type Medium = "voice" | "video";

/** How a recording is written. */
export interface Format {
  /** For the recorder, with the codecs. */
  readonly recorded: string;
  /** What receivers are told: the type alone. */
  readonly type: string;
  readonly extension: string;
}

/** The best first: what most browsers can play, and what Safari writes. */
const CANDIDATES: Readonly<Record<Medium, readonly string[]>> = {
  voice: ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4", "audio/ogg;codecs=opus"],
  video: [
    "video/webm;codecs=vp8,opus",
    "video/webm;codecs=vp9,opus",
    "video/webm",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4",
  ],
};

const EXTENSIONS: Readonly<Record<string, string>> = { "audio/mp4": "m4a", "audio/ogg": "ogg" };

/** The format to record in. @param canRecord what the browser says to a type @returns `undefined` if it records none of them */
export function formatFor(medium: Medium, canRecord: (type: string) => boolean): Format | undefined {
  const recorded = CANDIDATES[medium].find(canRecord);
  if (recorded === undefined) return undefined;
  const [type = recorded] = recorded.split(";");
  return { recorded, type, extension: EXTENSIONS[type] ?? type.replace(/^.*\//, "") };
}
