import type { ByteRange } from "../blobs/blobs.ts";

/**
 * Reads a `Range` header for a representation of `size` octets (RFC 9110, section 14). A header that is malformed, in
 * another unit or asks for several ranges counts as none, as the RFC allows: then the whole is sent.
 */
export function readRange(header: string | undefined, size: number): ByteRange | "none" | "unsatisfiable" {
  const [, first = "", last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (first === "") return last === "" ? "none" : readSuffix(Number(last), size);
  if (last !== "" && Number(last) < Number(first)) return "none";
  if (Number(first) >= size) return "unsatisfiable";
  return { start: Number(first), end: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

/** The last octets; asked for more than there are, all of them. */
function readSuffix(length: number, size: number): ByteRange | "unsatisfiable" {
  if (length === 0 || size === 0) return "unsatisfiable";
  return { start: Math.max(0, size - length), end: size - 1 };
}

/**
 * Whether a range may be answered (RFC 9110, section 13.1.5): without `If-Range`, or if that is exactly this strong entity
 * tag. A date never is, as nothing here has one.
 */
export function ifRangeHolds(header: string | undefined, etag: string): boolean {
  return header === undefined || (header.trim() === etag && !etag.startsWith("W/"));
}

/** Whether `If-None-Match` names this entity tag, by the weak comparison (RFC 9110, section 13.1.2): then the answer is 304. */
export function ifNoneMatchNames(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const tags: readonly string[] = header.match(/"[\x21\x23-\x7e\x80-\xff]*"/g) ?? [];
  return tags.includes(etag.replace(/^W\//, ""));
}
