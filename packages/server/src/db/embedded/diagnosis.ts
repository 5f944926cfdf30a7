import { EmbeddedPostgresError } from "./errors.ts";

const DISK_FULL = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/;
const READ_ONLY = /Permission denied|Read-only file system|wrong ownership|EACCES|EPERM|EROFS/;

/** Turns what a PostgreSQL program printed before it failed into the error an operator gets. */
export function failureFromOutput(what: string, directory: string, lines: string[]): EmbeddedPostgresError {
  const known = knownFailure(directory, lines.join("\n"));
  if (known) return known;
  const reason =
    lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? "no reason given";
  return new EmbeddedPostgresError("start_failed", `${what} failed in ${directory}: ${reason.trim()}`);
}

/** Turns an error of a file operation in `directory` into the error an operator gets. */
export function failureFromFile(directory: string, error: unknown): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return (
    knownFailure(directory, text, error) ??
    new EmbeddedPostgresError("start_failed", `${directory} cannot be used: ${text}`, {
      cause: error,
    })
  );
}

function knownFailure(directory: string, text: string, cause?: unknown): EmbeddedPostgresError | undefined {
  if (DISK_FULL.test(text)) {
    const message = `The disk that holds ${directory} is full: free some space there and start again.`;
    return new EmbeddedPostgresError("disk_full", message, { cause });
  }
  if (READ_ONLY.test(text)) {
    const message = `${directory} cannot be written by this user: give it to the user who runs Tacit, or choose another directory.`;
    return new EmbeddedPostgresError("not_writable", message, { cause });
  }
  return undefined;
}
