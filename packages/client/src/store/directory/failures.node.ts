import { CryptoError } from "../../crypto/errors.ts";
import { TacitError } from "../../errors.ts";

/** LevelDB passes on what the system calls it, and no code. */
const FULL = /^(ENOSPC|EDQUOT)\b|No space left on device|Disk quota exceeded/;
const FORBIDDEN =
  /^(EACCES|EPERM|EROFS|ENOTDIR)\b|Permission denied|Operation not permitted|Read-only file system/;

/** Says in our terms why the file system or LevelDB refused. Their messages name nothing but paths and reasons. */
export function asTacitError(error: unknown): never {
  if (!(error instanceof Error) || error instanceof TacitError || error instanceof CryptoError) throw error;
  const reason = error.cause instanceof Error ? error.cause : error;
  const code = codeOf(reason);
  if (code === "LEVEL_LOCKED")
    throw new TacitError("store_in_use", "The storage is open already, here or elsewhere");
  if (FULL.test(reason.message)) throw storeFull();
  if (FORBIDDEN.test(reason.message))
    throw new TacitError("store_unavailable", `The storage cannot be used: ${reason.message}`);
  if (reason === error && isClosed(code)) throw new TacitError("closed", "The storage was closed");
  if (reason === error && !isOfSystem(code)) throw error;
  throw new TacitError("store_damaged", `The storage cannot be read: ${reason.message}`);
}

/** What storages throw when there is no room. */
export function storeFull(): TacitError {
  return new TacitError("store_full", "The disk with the storage is full");
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function isClosed(code: string | undefined): boolean {
  return code === "LEVEL_DATABASE_NOT_OPEN" || code === "LEVEL_ITERATOR_NOT_OPEN";
}

/** Node.js names mistakes of a program `ERR_...`; those are no matter of the disk. */
function isOfSystem(code: string | undefined): boolean {
  return code !== undefined && !code.startsWith("ERR_");
}
