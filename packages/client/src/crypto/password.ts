import type { Kdf } from "@tacit/protocol";
import { CryptoError } from "./errors.ts";
import { argon2id, hkdfSha256 } from "./primitives/kdf.ts";
import { fromBase64, randomBytes, toBase64, toBase64Url, utf8, wipe } from "./primitives/octets.ts";

/** What new accounts and new passwords are stretched with (RFC 9106, second recommended choice): 64 MiB, 3 passes, 1 lane. */
export const CURRENT_KDF: Kdf = Object.freeze({ v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 });

const SALT_BYTES = 16;

/**
 * What is accepted from a server. Below, guessing the password becomes cheap; above, a hostile server could exhaust the
 * memory or the patience of whoever signs in. `m` is in KiB.
 */
const BOUNDS = { m: [65_536, 262_144], t: [3, 16], p: [1, 4], salt: [SALT_BYTES, 64] } as const;

/** Salt and parameters that were found strong enough, and not too costly. */
export interface PreparedKdf {
  /** Raw octets. */
  readonly salt: Uint8Array;
  /** Parameters of Argon2id (RFC 9106), neither too weak nor too costly. */
  readonly kdf: Kdf;
}

/** What a password becomes. */
export interface StretchedPassword {
  /** Goes to the server in the place of the password: `tacit2.` and base64url of 32 octets. */
  readonly auth: string;
  /** Seals the account bundle (`pkebymk`); 32 octets that never leave the client. */
  readonly masterKey: Uint8Array;
}

/** @returns 16 random octets in base64, for a new password. */
export function newSalt(): string {
  return toBase64(randomBytes(SALT_BYTES));
}

/**
 * Checks what a server said about stretching the password: `POST /auth/prelogin` is answered before the server has proven
 * anything, so it may lie (CRYPTO.md, section 3).
 *
 * @param salt base64 of 16 to 64 octets.
 * @param kdf Argon2id, version 2, 64 to 256 MiB, 3 to 16 passes, 1 to 4 lanes.
 * @throws CryptoError `weak_kdf` for anything weaker or other, `costly_kdf` for more, `malformed` for a salt that is no base64.
 */
export function prepareKdf(salt: string, kdf: Kdf): PreparedKdf {
  const octets = fromBase64(salt);
  const { v, alg, m, t, p } = kdf;
  if (v !== CURRENT_KDF.v || alg !== CURRENT_KDF.alg) throw new CryptoError("weak_kdf");
  requireWithin(m, BOUNDS.m);
  requireWithin(t, BOUNDS.t);
  requireWithin(p, BOUNDS.p);
  requireWithin(octets.length, BOUNDS.salt);
  return { salt: octets, kdf: { v, alg, m, t, p } };
}

function requireWithin(value: number, [least, most]: readonly [number, number]): void {
  if (!Number.isInteger(value) || value < least) throw new CryptoError("weak_kdf");
  if (value > most) throw new CryptoError("costly_kdf");
}

/**
 * Splits a password into what proves it to the server and what opens the keys, so that neither tells the other
 * (CRYPTO.md, section 3; RFC 9106, RFC 5869). The login is bound in: the same password and salt give another account
 * other secrets. Unicode forms of the same password (NFKC) and forms of the same login (NFKC, case, spaces around) count
 * as one.
 *
 * @param account.salt base64, from prelogin or `newSalt`.
 * @throws CryptoError as `prepareKdf`; `malformed` for an empty login or text that is not Unicode.
 */
export async function stretchPassword(account: {
  readonly login: string;
  readonly password: string;
  readonly salt: string;
  readonly kdf: Kdf;
}): Promise<StretchedPassword> {
  const { salt, kdf } = prepareKdf(account.salt, account.kdf);
  const login = foldedLogin(account.login);
  const password = utf8(account.password.normalize("NFKC"));
  const stretched = await argon2id(password, salt, kdf, 32);
  const auth = hkdfSha256(stretched, `tacit/v2/auth\0${login}`, 32);
  const masterKey = hkdfSha256(stretched, `tacit/v2/mk\0${login}`, 32);
  wipe(password, stretched);
  return { auth: `tacit2.${toBase64Url(auth)}`, masterKey };
}

/** In this order: NFKC makes spaces out of characters, some of which are no spaces before. */
function foldedLogin(login: string): string {
  const folded = login.normalize("NFKC").toLowerCase().trim();
  if (folded === "" || !folded.isWellFormed()) throw new CryptoError("malformed");
  return folded;
}
