import { isUtf8 } from "node:buffer";
import { type FrameReference, LIMITS, parseJson, UUID_PATTERN, utf8Length } from "@tacit/protocol";
import { strictValidator } from "../strict-schema.ts";
import type { FrameSchemas } from "./document.ts";

/** What has to come of a frame. */
export type Expectation =
  /** One `ok` or `error` with just this reference. */
  | { readonly kind: "answer"; readonly reference: FrameReference }
  | { readonly kind: "silence" }
  | { readonly kind: "close"; readonly codes: readonly number[] };

/** Judges the frames of clients by what the document says about them. */
export class Judge {
  readonly #isTyping: (frame: unknown) => boolean;

  constructor({ client }: FrameSchemas) {
    const validate = strictValidator((client.get("typing") ?? {}) as never);
    // Fields that the schema does not name are ignored.
    this.#isTyping = (frame) => validate(frame).every((problem) => problem.endsWith("is not in the schema"));
  }

  /** What follows from the bytes of a text frame alone. */
  ofText(bytes: Buffer): Expectation {
    if (bytes.length > LIMITS.frameBytes) return { kind: "close", codes: [1009] };
    if (!isUtf8(bytes)) return { kind: "close", codes: [1007] };
    const text = bytes.toString();
    if (parseJson(text).valid && this.#isTyping(JSON.parse(text))) return { kind: "silence" };
    return { kind: "answer", reference: referenceIn(text) };
  }
}

/** A client that waits for its request's answer has to get it, whatever else is wrong with the frame. */
function referenceIn(text: string): FrameReference {
  const { request_id, client_message_id } = objectIn(text);
  return {
    ...(isReferenceText(request_id) && { request_id }),
    ...(isReferenceText(client_message_id) && UUID.test(client_message_id) && { client_message_id }),
  };
}

const UUID = new RegExp(UUID_PATTERN);

function isReferenceText(value: unknown): value is string {
  if (typeof value !== "string" || /[\0\p{Surrogate}]/u.test(value)) return false;
  return [...value].length <= LIMITS.requestIdCharacters;
}

function objectIn(text: string): { readonly request_id?: unknown; readonly client_message_id?: unknown } {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? ownOf(value) : {};
  } catch {
    return {};
  }
}

function ownOf(value: object) {
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => name === "request_id" || name === "client_message_id"),
  );
}

/** Whether a frame made from the schema keeps the one rule for which JSON Schema has no words. */
export function keepsEveryRule(frame: unknown): boolean {
  const { metadata } = frame as { metadata?: readonly object[] | null };
  return !metadata || utf8Length(JSON.stringify(metadata)) <= LIMITS.metadataBytes;
}
