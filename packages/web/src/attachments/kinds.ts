import type { Attachment, Message } from "@tacit/client";

/** A file with its place in its message. */
export interface Numbered {
  readonly attachment: Attachment;
  readonly at: number;
}

/** The files of a message, each with its place. */
export function numbered({ attachments }: Message): readonly Numbered[] {
  return attachments.map((attachment, at) => ({ attachment, at }));
}

/** Whether it is shown as a picture; drawings in SVG can hold programs, and are files. */
export function isPicture({ mimetype }: Attachment): boolean {
  return /^image\/(?!svg)/i.test(mimetype);
}
