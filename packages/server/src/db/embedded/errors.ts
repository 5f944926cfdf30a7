/** Why the built-in PostgreSQL cannot be used, as something a program can branch on. */
export type EmbeddedPostgresErrorCode =
  | "unsupported_platform"
  | "no_privilege_tool"
  | "already_running"
  | "wrong_version"
  | "disk_full"
  | "not_writable"
  | "start_failed";

/** The built-in PostgreSQL could not be started; `message` is for the operator and says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EmbeddedPostgresError";
    this.code = code;
  }
}
