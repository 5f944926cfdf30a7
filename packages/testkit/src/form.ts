import { randomBytes } from "node:crypto";

/** One part of a form. With `filename` or `contentType` it is a file, else a text field. */
export interface FormPart {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Goes out as it is given, quotes and line breaks included. */
  readonly filename?: string;
  readonly contentType?: string;
}

/** A form as it goes over the wire. */
export interface EncodedForm {
  readonly body: Buffer;
  readonly headers: { readonly "content-type": string };
}

/** `multipart/form-data` (RFC 7578) of these parts, in this order. */
export function encodeForm(
  parts: readonly FormPart[],
  boundary = `form-${randomBytes(8).toString("hex")}`,
): EncodedForm {
  const pieces = parts.flatMap((part) => [partHead(part, boundary), part.content, "\r\n"]);
  const body = Buffer.concat([...pieces, formEnd(boundary)].map((piece) => Buffer.from(piece)));
  return { body, headers: formHeaders(boundary) };
}

/** What comes before the content of a part. */
export function partHead({ name, filename, contentType }: FormPart, boundary: string): string {
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${type}\r\n`;
}

/** What comes after the line break behind the last part. */
export function formEnd(boundary: string): string {
  return `--${boundary}--\r\n`;
}

/** The header of a form with this boundary, which is quoted because it may hold anything. */
export function formHeaders(boundary: string): { readonly "content-type": string } {
  return { "content-type": `multipart/form-data; boundary="${boundary}"` };
}
