import { nativeEd25519 } from "./ed25519-native.ts";
import { checkLength, equal, fromBase64, type Octets } from "./octets.ts";

/** Ed25519 as one library computes it; lengths and weak keys are checked before. */
export interface Ed25519 {
  publicKey(seed: Uint8Array): Promise<Octets>;
  sign(seed: Uint8Array, message: Uint8Array): Promise<Octets>;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** The public key, 32 octets, of a seed of 32 (RFC 8032, section 5.1.5). @throws CryptoError `wrong_length` */
export async function ed25519PublicKey(seed: Uint8Array): Promise<Octets> {
  checkLength(seed, 32);
  return (await ed25519()).publicKey(seed);
}

/** The signature, 64 octets, of a message (RFC 8032, section 5.1.6). @throws CryptoError `wrong_length` */
export async function signEd25519(seed: Uint8Array, message: Uint8Array): Promise<Octets> {
  checkLength(seed, 32);
  return (await ed25519()).sign(seed, message);
}

/**
 * True if this is the key's signature of the message (RFC 8032, section 5.1.7). What comes from outside is never an
 * exception: a key or signature of another length is simply not a good one. Refused as well are keys of small order,
 * with which one signature fits many messages, and encodings other than the one that the RFC allows for a point.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (isWeakKey(publicKey)) return false;
  return (await ed25519()).verify(publicKey, message, signature);
}

/** The y of the eight points whose order divides 8, little endian in hex. The sign of x does not matter. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  `ec${"ff".repeat(30)}7f`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

function isWeakKey(publicKey: Uint8Array): boolean {
  const y = hexOfY(publicKey);
  return !isReduced(publicKey) || SMALL_ORDER_Y.has(y);
}

function hexOfY(point: Uint8Array): string {
  return Array.from(point, (octet, at) =>
    (at === 31 ? octet & 0x7f : octet).toString(16).padStart(2, "0"),
  ).join("");
}

/** True if y is below 2^255 - 19, whose octets are ed ff ... ff 7f. */
function isReduced(point: Uint8Array): boolean {
  const [low = 0, ...rest] = point;
  return low < 0xed || rest.some((octet, at) => (at === 30 ? (octet & 0x7f) !== 0x7f : octet !== 0xff));
}

let chosen: Promise<Ed25519> | undefined;

function ed25519(): Promise<Ed25519> {
  chosen ??= choose();
  return chosen;
}

/** The other library is loaded only where it is needed. */
async function choose(): Promise<Ed25519> {
  if (await computesEd25519(nativeEd25519)) return nativeEd25519;
  return (await import("./ed25519-noble.ts")).nobleEd25519;
}

/** True if the library knows the curve and makes of it what RFC 8032, section 7.1, test 1, prints. */
export async function computesEd25519(library: Ed25519): Promise<boolean> {
  const seed = fromBase64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
  const publicKey = fromBase64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  const signature = fromBase64(
    "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==",
  );
  const message = new Uint8Array(0);
  try {
    const same = [
      equal(await library.publicKey(seed), publicKey),
      equal(await library.sign(seed, message), signature),
      await library.verify(publicKey, message, signature),
    ];
    return same.every(Boolean);
  } catch {
    return false;
  }
}
