import { ERRORS, type ErrorCode, type Violation } from "@tacit/protocol";

/** What an error may carry to the client besides its code. */
export interface ErrorExtras {
  /** A sentence more exact than the code's own. */
  readonly sentence?: string;
  readonly details?: readonly Violation[];
  /** Seconds until the same request may succeed. */
  readonly retryAfter?: number;
  /** For `stale_members`: the version that is current. */
  readonly membersVersion?: number;
  readonly cause?: unknown;
}

/** The one error that services throw on purpose: a published code and a sentence fit to be shown to a person. */
export class TacitError extends Error {
  override readonly name = "TacitError";
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, extras: ErrorExtras = {}) {
    super(extras.sentence ?? ERRORS[code].sentence, { cause: extras.cause });
    this.code = code;
    this.extras = extras;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** Seconds until the same request may succeed; undefined if waiting does not help. */
  get retryAfter(): number | undefined {
    return this.extras.retryAfter ?? RETRY_AFTER[this.code];
  }
}

/** Seconds. What keeps the server from its work is gone soon, but for a full disk. */
const RETRY_AFTER: Partial<Record<ErrorCode, number>> = { not_ready: 1, busy: 1, storage_full: 60 };

/** A 400 that names the field: `path` is a JSON pointer (RFC 6901). */
export function invalidField(path: string, message: string): TacitError {
  return new TacitError("invalid_input", {
    sentence: `The field ${path.slice(1)} is not valid: it ${message}.`,
    details: [{ path, message }],
  });
}
