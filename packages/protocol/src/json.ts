import { LIMITS } from "./limits.ts";
import type { Validated, Violation } from "./validate.ts";

/**
 * What came of reading a JSON text: on failure also which error code says so, and with `invalid_input` the value that may
 * not be used, so that the answer can name the request that it refuses.
 */
export type ParsedJson =
  | Extract<Validated<unknown>, { valid: true }>
  | (Refusal & { readonly code: "invalid_json" })
  | (Refusal & { readonly code: "invalid_input"; readonly refused: unknown });

type Refusal = Extract<Validated<unknown>, { valid: false }>;

/**
 * Reads JSON (RFC 8259) and refuses what PostgreSQL cannot store or what is not Unicode text: U+0000 and
 * unpaired surrogates in any string or key, and nesting so deep that it can only be an attack.
 */
export function parseJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const violations = [{ path: "/", message: "must be valid JSON" }];
    return { valid: false, code: "invalid_json", violations };
  }
  if (nestsDeeperThan(value, LIMITS.jsonDepth))
    return refusal(value, [{ path: "/", message: `must not nest deeper than ${LIMITS.jsonDepth}` }]);
  // A raw U+0000 is no JSON, so only an escape or a raw lone surrogate can bring what is refused.
  if (!text.includes("\\u") && text.isWellFormed()) return { valid: true, value };
  const violations = forbiddenStrings(value);
  return violations.length === 0 ? { valid: true, value } : refusal(value, violations);
}

function refusal(refused: unknown, violations: readonly Violation[]): ParsedJson {
  return { valid: false, code: "invalid_input", refused, violations };
}

/** Recursion ends one level below the limit, so no text can exhaust the stack. */
function nestsDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const entries: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return entries.some((entry) => nestsDeeperThan(entry, levels - 1));
}

/**
 * The strings and keys that hold U+0000 or an unpaired surrogate, at any depth of a value whose depth is
 * bounded: the first few.
 */
export function forbiddenStrings(value: unknown): readonly Violation[] {
  const violations: Violation[] = [];
  collectForbidden(value, "", violations);
  return violations;
}

const MAX_VIOLATIONS = 8;

function collectForbidden(value: unknown, path: string, violations: Violation[]): void {
  if (violations.length >= MAX_VIOLATIONS) return;
  if (typeof value === "string") {
    if (isForbidden(value)) violations.push({ path: shortPath(path), message: FORBIDDEN });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      if (isForbidden(key))
        violations.push({ path: shortPath(path), message: `has a field whose name ${FORBIDDEN}` });
      else collectForbidden(entry, `${path}/${pointerToken(key)}`, violations);
    }
  }
}

const FORBIDDEN = "must not contain U+0000 or an unpaired surrogate";

/** Characters of a path: of a longer one, the clients' own names are the reason. */
const MAX_PATH = 256;

/** The JSON pointer, or, of one that is too long to be sent back, that of the innermost part that is not. */
export function shortPath(path: string): string {
  if (path.length <= MAX_PATH) return path || "/";
  return path.slice(0, path.lastIndexOf("/", MAX_PATH)) || "/";
}

/** Whether a text has what no string of a client may have. */
export function isForbidden(text: string): boolean {
  return text.includes("\0") || !text.isWellFormed();
}

function pointerToken(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
