import { CryptoError } from "../errors.ts";
import { checkLength, equal, fromBase64, type Octets } from "./octets.ts";
import { nativeX25519 } from "./x25519-native.ts";

/** A pair of raw keys, 32 octets each. */
export interface KeyPair {
  readonly publicKey: Octets;
  readonly privateKey: Octets;
}

/** What a sender makes for one recipient: the secret, and the key from which that recipient finds it too. */
export interface Agreement {
  readonly ephemeralPublicKey: Octets;
  readonly sharedSecret: Octets;
}

/** X25519 as one library computes it; lengths are checked before. */
export interface X25519 {
  generate(): Promise<KeyPair>;
  publicKey(privateKey: Uint8Array): Promise<Octets>;
  /** @throws CryptoError `zero_shared_secret` */
  sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Octets>;
  /** @throws CryptoError `zero_shared_secret` */
  agree(publicKey: Uint8Array): Promise<Agreement>;
}

/** A new X25519 pair (RFC 7748, section 6.1). */
export async function generateX25519(): Promise<KeyPair> {
  return (await x25519()).generate();
}

/** The public key, 32 octets, of a private key of 32 (RFC 7748, section 6.1). @throws CryptoError `wrong_length` */
export async function x25519PublicKey(privateKey: Uint8Array): Promise<Octets> {
  checkLength(privateKey, 32);
  return (await x25519()).publicKey(privateKey);
}

/**
 * The secret that two pairs share, 32 octets (RFC 7748, section 6.1).
 * @throws CryptoError `wrong_length`; `zero_shared_secret` for a public key of small order.
 */
export async function x25519SharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Octets> {
  checkLength(privateKey, 32);
  checkLength(publicKey, 32);
  return notZero(await (await x25519()).sharedSecret(privateKey, publicKey));
}

/**
 * Makes a new pair for this recipient alone and the secret the two share; its private key is never seen.
 * @throws CryptoError `wrong_length`; `zero_shared_secret` for a public key of small order.
 */
export async function agreeX25519(publicKey: Uint8Array): Promise<Agreement> {
  checkLength(publicKey, 32);
  const agreement = await (await x25519()).agree(publicKey);
  notZero(agreement.sharedSecret);
  return agreement;
}

/** Libraries refuse it by themselves; that one might not must not matter. */
function notZero(sharedSecret: Octets): Octets {
  if (equal(sharedSecret, new Uint8Array(32))) throw new CryptoError("zero_shared_secret");
  return sharedSecret;
}

let chosen: Promise<X25519> | undefined;

function x25519(): Promise<X25519> {
  chosen ??= choose();
  return chosen;
}

/** The other library is loaded only where it is needed. */
async function choose(): Promise<X25519> {
  if (await computesX25519(nativeX25519)) return nativeX25519;
  return (await import("./x25519-noble.ts")).nobleX25519;
}

/** True if the library knows the curve and makes of it what RFC 7748, section 6.1, prints. */
export async function computesX25519(library: X25519): Promise<boolean> {
  const alice = fromBase64("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=");
  const bob = fromBase64("3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=");
  const expected = fromBase64("Sl2dW6TOLeFyjjv0gDUPJeB+IclH0Z4zdvCbPB4WF0I=");
  try {
    return equal(await library.sharedSecret(alice, bob), expected);
  } catch {
    return false;
  }
}
