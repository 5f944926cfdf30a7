import { type DestinationStream, type Logger, pino } from "pino";

/**
 * The one logger. Secrets are kept out where logging happens: only ids, codes, counts and times are logged, never
 * bodies, headers or frames; what is redacted here is the net below that.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError, req: () => undefined, res: () => undefined },
    redact: { paths: REDACTED, censor: "[redacted]" },
  };
  return destination ? pino(options, destination) : pino(options);
}

const SECRET_FIELDS = [
  "password",
  "current_password",
  "new_password",
  "token",
  "refresh_token",
  "recovery_token",
  "recovery_auth",
  "authorization",
  "pkebymk",
  "pkebyrk",
  "message",
  "envelopes",
  "body",
  "headers",
  "invite",
];
const REDACTED = SECRET_FIELDS.flatMap((field) => [`*.${field}`, ...(field === "message" ? [] : [field])]);

/** A database error's `detail`, `where` and `parameters` quote what people sent, so only these fields are kept. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === "string" ? { code } : {}),
    text: error.message,
    stack: error.stack?.split("\n").slice(1, 12).join("\n"),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}
