import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";

/** A file within a form, while it comes in. */
export interface FormFile {
  /** Name of the form's field. */
  readonly field: string;
  /** What the client calls it; undefined if it does not say. Never a path to be used as one. */
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
  _request: FastifyRequest,
  _limits: FormLimits,
  _onFile: (file: FormFile, fieldsSoFar: Readonly<Record<string, string>>) => Promise<T>,
  _undo: (result: T) => Promise<void>,
): Promise<Form<T>> {
  throw new Error("to be written");
}
