import { lookAt } from "#platform/thumbnail";
import { toBase64 } from "../crypto/primitives/octets.ts";
import type { AttachmentRecord } from "../store/tables.ts";
import { abortable } from "../transport/abortable.ts";
import type { FileToSend } from "./outgoing-file.ts";

/** What a message says of a file beside its name and size. */
export type MediaDetails = Pick<AttachmentRecord, "thumbnail" | "width" | "height" | "duration" | "waveform">;

/** Milliseconds after which a file is sent without a picture of it. */
const PATIENCE = 10_000;
const MOST_PEAKS = 100;

/**
 * What the caller says of a file, and what can be seen in it. That is never worth an error: a file that nobody can look at is
 * sent without a thumbnail.
 *
 * @param thumbnailBytes octets that a thumbnail may have; 0: none is made
 * @throws the signal's reason
 */
export async function mediaDetails(
  file: FileToSend,
  thumbnailBytes: number,
  signal: AbortSignal | undefined,
): Promise<MediaDetails> {
  const { thumbnail: given, waveform, ...said } = file.details;
  const look = given === undefined && thumbnailBytes > 0;
  const { thumbnail: made, ...seen } = look ? await abortable(inTime(file, thumbnailBytes), signal) : {};
  const thumbnail = given ?? (made && toBase64(made));
  return {
    ...seen,
    ...said,
    ...(waveform && { waveform: waveform.slice(0, MOST_PEAKS) }),
    ...(thumbnailBytes > 0 && thumbnail && { thumbnail }),
  };
}

async function inTime({ preview, mimetype }: FileToSend, thumbnailBytes: number) {
  if (!preview || !/^(image|video)\//.test(mimetype)) return {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE);
  });
  const seen = preview().then((blob) => lookAt(blob, mimetype, thumbnailBytes));
  const look = await Promise.race([seen.catch(() => undefined), tooLate]);
  clearTimeout(timer);
  return look ?? {};
}
