import { TacitError } from "../../errors.ts";

/** Says in our terms why a browser refused (Indexed Database API 3.0, section 4.2 and Web IDL's names of errors). */
export function asTacitError(error: unknown): never {
  if (!(error instanceof Error) || error instanceof TacitError) throw error;
  const known = KNOWN[error.name];
  throw known ? new TacitError(...known) : error;
}

const REFUSED = [
  "store_unavailable",
  "The browser keeps nothing for this page: it may be a private window, or its settings forbid it",
] as const;
const UNREADABLE = ["store_damaged", "The browser cannot read the database of this page"] as const;

const KNOWN: Readonly<Record<string, ConstructorParameters<typeof TacitError>>> = {
  QuotaExceededError: ["store_full", "The browser gives this page no more room"],
  VersionError: [
    "store_damaged",
    "The storage was made by a later release of Tacit, which has to be used to open it",
  ],
  // The database was closed, by us, for another tab, or by the browser.
  InvalidStateError: ["closed", "The storage was closed"],
  AbortError: ["closed", "The browser ended the work on the storage"],
  NotFoundError: ["store_damaged", "The database of this name is none of Tacit's"],
  // Private windows of some browsers have no place for keys.
  DataCloneError: [...REFUSED],
  SecurityError: [...REFUSED],
  NotAllowedError: [...REFUSED],
  UnknownError: [...UNREADABLE],
  NotReadableError: [...UNREADABLE],
  DataError: [...UNREADABLE],
};
