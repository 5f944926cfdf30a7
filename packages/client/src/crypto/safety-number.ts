import { CryptoError } from "./errors.ts";
import { sha512 } from "./primitives/hash.ts";
import { checkLength, concat, equal, fromBase64, toBase64, utf8 } from "./primitives/octets.ts";

/** One of the two people whose safety number it is. */
export interface Party {
  /** Raw Ed25519 public key, 32 octets. */
  readonly identityKey: Uint8Array;
  /** Their id on the server. */
  readonly userId: number;
}

/** What came of scanning somebody's QR code. `unreadable`: it is none of ours, or one of a later release. */
export type QrComparison = "match" | "mismatch" | "unreadable";

/** Signal's numeric fingerprint, version 0. */
const VERSION = Uint8Array.of(0, 0);
const ROUNDS = 5200;
const FINGERPRINT_BYTES = 32;
const QR_PREFIX = "tacit:safety:0:";

/**
 * The number that two people compare to know that nobody sits between them (CRYPTO.md, section 5): Signal's numeric
 * fingerprint over the raw identity keys and the decimal user ids.
 *
 * @returns 60 digits, the same on both sides.
 * @throws CryptoError `wrong_length` for a key that has not 32 octets, `malformed` for an id that is none.
 */
export function safetyNumber(mine: Party, theirs: Party): string {
  return [mine, theirs].map(fingerprint).map(digits).sort().join("");
}

/**
 * What my QR code says, for the other side to scan.
 *
 * @returns `tacit:safety:0:` and base64 of my fingerprint (32 octets) ‖ theirs (32 octets).
 */
export function safetyQr(mine: Party, theirs: Party): string {
  return QR_PREFIX + toBase64(concat(fingerprint(mine), fingerprint(theirs)));
}

/**
 * Compares a QR code scanned from the other side's screen with what this side knows: their code begins with them.
 *
 * @param scanned whatever the camera read.
 */
export function compareSafetyQr(scanned: string, mine: Party, theirs: Party): QrComparison {
  const shown = readQr(scanned);
  if (!shown) return "unreadable";
  return equal(shown, concat(fingerprint(theirs), fingerprint(mine))) ? "match" : "mismatch";
}

function readQr(scanned: string): Uint8Array | undefined {
  if (!scanned.startsWith(QR_PREFIX)) return undefined;
  try {
    const octets = fromBase64(scanned.slice(QR_PREFIX.length));
    return octets.length === 2 * FINGERPRINT_BYTES ? octets : undefined;
  } catch {
    return undefined;
  }
}

/** The rounds make it costly to search for a key whose few digits are somebody else's. */
function fingerprint({ identityKey, userId }: Party): Uint8Array {
  checkLength(identityKey, 32);
  if (!Number.isSafeInteger(userId) || userId < 1) throw new CryptoError("malformed");
  let digest: Uint8Array = concat(VERSION, identityKey, utf8(String(userId)));
  for (let round = 0; round < ROUNDS; round++) digest = sha512(concat(digest, identityKey));
  return digest.slice(0, FINGERPRINT_BYTES);
}

/** Six groups of five digits, each from five octets, big endian. */
function digits(fingerprintOctets: Uint8Array): string {
  const groups = Array.from({ length: 6 }, (_, at) => fingerprintOctets.subarray(5 * at, 5 * at + 5));
  return groups.map(fiveDigits).join("");
}

function fiveDigits(octets: Uint8Array): string {
  const number = octets.reduce((value, octet) => value * 256 + octet, 0);
  return String(number % 100_000).padStart(5, "0");
}
