import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { forbiddenStrings } from "@tacit/protocol";
import type { FastifyRequest } from "fastify";
import { invalidField, TacitError } from "../errors.ts";
import { brokenForm, type Part } from "./form-parser.ts";
import { readParts } from "./read-parts.ts";

/** Milliseconds without an octet after which an upload counts as stalled; one that is merely slow may take all day. */
const IDLE = 30_000;

/** A file within a form, while it comes in. */
export interface FormFile {
  /** Name of the form's field. */
  readonly field: string;
  /** What the client calls it, without any path; undefined if it does not say. */
  readonly filename: string | undefined;
  /** What the client says it is. */
  readonly mimetype: string;
  /** Its octets: must be read to the end, or the form never ends. Fails if the request is cut off. */
  readonly content: Readable;
}

/** What a form may hold. */
export interface FormLimits {
  /** The one field that is a file; another file is refused. */
  readonly fileField: string;
  /** Octets of one text field. */
  readonly fieldBytes: number;
}

/** A form that was read to its end. */
export interface Form<T> {
  /** Text fields by name; of repeated ones the last. */
  readonly fields: Readonly<Record<string, string>>;
  /** What `onFile` made of the file; undefined if there was none. */
  readonly file: T | undefined;
}

/**
 * Reads a `multipart/form-data` body (RFC 7578), its fields in any order. The file is handed to `onFile` as it comes;
 * `fieldsSoFar` are those that came before it.
 *
 * When this throws after `onFile` has resolved, the caller still has to undo what it did: `undo` is called with its result.
 *
 * @throws {TacitError} `unsupported_media_type` for another content type, `invalid_input` for a form that is broken, is cut
 *   off, has no boundary, two files, a file under another name, or too many or too long fields; what `onFile` throws.
 */
export async function readForm<T>(
  request: FastifyRequest,
  limits: FormLimits,
  onFile: (file: FormFile, fieldsSoFar: Readonly<Record<string, string>>) => Promise<T>,
  undo: (result: T) => Promise<void>,
): Promise<Form<T>> {
  if (!/^multipart\/form-data\s*(;|$)/i.test(request.headers["content-type"] ?? ""))
    throw new TacitError("unsupported_media_type");
  const fields = new Map<string, string>();
  const texts: Promise<unknown>[] = [];
  let file: Promise<T> | undefined;
  const onPart = async (part: Part) => {
    checkNames(part);
    if (part.name === limits.fileField) {
      if (file) throw brokenForm("The form has two files.");
      const before = Promise.all(texts);
      file = before.then(() => onFile({ ...part, field: part.name }, Object.fromEntries(fields)));
      await file;
      return part.content.resume();
    }
    if (part.filename !== undefined)
      throw brokenForm(`The form's file must be in the field ${limits.fileField}.`);
    const text = readText(part, limits.fieldBytes).then((value) => fields.set(part.name, value));
    texts.push(text);
    return text;
  };
  try {
    await readParts(request.raw, onPart, IDLE);
    return { fields: Object.fromEntries(fields), file: await file };
  } catch (error) {
    const result = await file?.then((value) => ({ value })).catch(() => undefined);
    if (result) await undo(result.value);
    throw error;
  }
}

/** @throws {TacitError} `invalid_input` for names that no text may hold. */
function checkNames({ name, filename, mimetype }: Part): void {
  if (forbiddenStrings({ name, filename, mimetype }).length > 0)
    throw brokenForm("A part of the form has a name that is not valid text.");
}

async function readText({ name, content }: Part, maxBytes: number): Promise<string> {
  const path = `/${name}`;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw invalidField(path, `must not be longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw invalidField(path, "must be UTF-8");
  const text = bytes.toString("utf8");
  const [forbidden] = forbiddenStrings(text);
  if (forbidden) throw invalidField(path, forbidden.message);
  return text;
}
