import type { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { TacitError } from "../errors.ts";

/** Parts of a form: 20 fields and a file. */
const MAX_PARTS = 21;
const PART_HEADER_BYTES = 80 * 1024;
const PART_HEADERS = 32;
/** Octets of a part that may wait for whoever reads it. */
const PART_BUFFER_BYTES = 256 * 1024;

/** One part of a form, while it comes in. */
export interface Part {
  readonly name: string;
  readonly filename: string | undefined;
  readonly mimetype: string;
  readonly content: Readable;
}

/** What a parser tells: any number of parts, then once or more that it is over, of which the first counts. */
export interface FormEvents {
  /** Nobody has to listen to the errors of its content at once. */
  readonly part: (part: Part) => void;
  readonly finished: () => void;
  readonly failed: (error: TacitError) => void;
}

/** Takes the octets of a form, one chunk after the other. */
export interface FormParser {
  /** Calls `done` when the next chunk may come: not before the parts of this one are read, but for a small buffer. */
  write(chunk: Uint8Array, done: () => void): void;
  end(): void;
}

/** A 400 for a form that cannot be read. */
export function brokenForm(sentence: string): TacitError {
  return new TacitError("invalid_input", { sentence });
}

/**
 * Parses `multipart/form-data` (RFC 7578). Every part is a stream of its octets, text fields too, so that none is decoded
 * before somebody has looked whether it can be.
 *
 * @throws {TacitError} `invalid_input` if the content type has no boundary that can be used.
 */
export function createFormParser(contentType: string, events: FormEvents): FormParser {
  const busboy = openBusboy(contentType);
  const open = new Set<Readable>();
  let hasEnded = false;
  const broken = () => events.failed(brokenForm("The form is broken or cut off."));
  // It says nothing at all about some broken forms; whatever it has to say, it says within a turn of the event loop.
  const expectTheEnd = () => {
    if (hasEnded && open.size === 0) setImmediate(() => setImmediate(broken));
  };
  const tooMany = () => events.failed(brokenForm(`The form has more than ${MAX_PARTS - 1} fields.`));
  busboy.on(
    "file",
    (name: string | undefined, content, filename: string | undefined, _encoding, mimetype) => {
      open.add(content);
      content.on("error", () => undefined);
      content.on("close", () => {
        open.delete(content);
        expectTheEnd();
      });
      if (name === undefined) broken();
      else events.part({ name, filename, mimetype, content });
    },
  );
  busboy.on("filesLimit", tooMany);
  busboy.on("partsLimit", tooMany);
  busboy.on("error", broken);
  busboy.on("finish", events.finished);
  return {
    write: (chunk, done) => void busboy.write(chunk, done),
    end: () => {
      hasEnded = true;
      busboy.end();
      expectTheEnd();
    },
  };
}

function openBusboy(contentType: string) {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      isPartAFile: () => true,
      // So that it parses a chunk within `write`, never later, where nobody would catch what it throws.
      highWaterMark: 1,
      fileHwm: PART_BUFFER_BYTES,
      limits: {
        files: MAX_PARTS,
        parts: MAX_PARTS,
        headerPairs: PART_HEADERS,
        headerSize: PART_HEADER_BYTES,
      },
    });
  } catch (cause) {
    throw new TacitError("invalid_input", {
      sentence: "The content type of the form has no usable boundary.",
      cause,
    });
  }
}
