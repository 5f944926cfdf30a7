import { join } from "node:path";
import { appendLine, secretDirectory } from "./test-run.ts";

/** Something that must never reach a log, and what it is. */
export interface Secret {
  readonly kind: string;
  readonly value: string;
}

const known = new Set<string>();

/** Notes a secret that a test uses: at the end of the run no log may hold it. Common words are not secrets. */
export function registerSecret(kind: string, value: string): void {
  if (known.has(value) || !isDistinctive(value)) return;
  known.add(value);
  appendLine(
    join(secretDirectory(), `${process.pid}.jsonl`),
    JSON.stringify({ kind, value } satisfies Secret),
  );
}

/** False for what a log may hold by chance, such as a single lower-case word. */
export function isDistinctive(value: string): boolean {
  if (value.length < 8 || new Set(value).size < 5) return false;
  return value.length >= 16 || /[^a-z_ ]/.test(value);
}

const SECRET_FIELDS = new Set([
  "login",
  "password",
  "current_password",
  "new_password",
  "token",
  "refresh_token",
  "recovery_token",
  "recovery_auth",
  "pkebymk",
  "pkebyrk",
  "pubk",
  "public_key",
  "identity_key",
  "signature",
  "salt",
  "invite",
  "message",
  "last_message",
  "last_message_ciphertext",
  "ciphertext",
  "key",
  "wrapped",
  "ephem_pub_key",
  "ephemeral_public_key",
  "iv",
  "nonce",
  "nonces",
  "enc_file",
  "filename",
  "reason",
  "revealed",
]);

/** Notes every secret in a body or a frame, at any depth, by the names of its fields. */
export function registerSecretsIn(body: unknown): void {
  if (typeof body !== "object" || body === null || ArrayBuffer.isView(body)) return;
  if (Array.isArray(body)) for (const entry of body) registerSecretsIn(entry);
  else for (const [name, value] of Object.entries(body)) registerField(body, name, value);
}

function registerField(owner: object, name: string, value: unknown): void {
  if (isSentence(owner, name)) return;
  if (SECRET_FIELDS.has(name) && !isWholeMessage(name, value)) registerLeaves(name, value);
  else if (name === "code" && "uses" in owner) registerLeaves("invite code", value);
  else registerSecretsIn(value);
}

/** An event's `message` is the message with its times and ids, which logs may well hold. */
function isWholeMessage(name: string, value: unknown): boolean {
  return name === "message" && typeof value === "object";
}

/** Sentences for people: of a login's answer, and of what is not valid in a field. */
function isSentence(owner: object, name: string): boolean {
  return name === "message" && ("token" in owner || "path" in owner);
}

function registerLeaves(kind: string, value: unknown): void {
  if (typeof value === "string") {
    registerSecret(kind, value);
    registerJsonIn(value);
  } else if (typeof value === "object" && value !== null) {
    for (const entry of Object.values(value)) registerLeaves(kind, entry);
    registerSecretsIn(value);
  }
}

/** An encrypted message is JSON text: a part of it alone would be a leak too. */
function registerJsonIn(text: string): void {
  if (!text.startsWith("{")) return;
  try {
    registerSecretsIn(JSON.parse(text));
  } catch {
    // Not JSON after all: its whole text is registered already.
  }
}
