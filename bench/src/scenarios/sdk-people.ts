import { createPrivateKey, createPublicKey } from "node:crypto";
import { type AccountBundle, newAccountBundle } from "@tacit/client/crypto";

/** The keys of somebody with an account of the SDK. */
export interface SdkPerson {
  readonly bundle: AccountBundle;
  /** X25519, 32 octets. */
  readonly publicKey: Uint8Array;
  /** Ed25519, 32 octets. */
  readonly identityKey: Uint8Array;
}

/** Makes the keys of so many people. */
export async function generateIdentities(count: number): Promise<SdkPerson[]> {
  const bundles = await Promise.all(Array.from({ length: count }, newAccountBundle));
  return bundles.map((bundle) => ({
    bundle,
    publicKey: publicKeyOf(X25519_PKCS8, bundle.x25519),
    identityKey: publicKeyOf(ED25519_PKCS8, bundle.identitySeed),
  }));
}

/** What stands before a raw private key in PKCS #8 (RFC 8410, section 7). */
const X25519_PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function publicKeyOf(prefix: Buffer, privateKey: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.concat([prefix, privateKey]), format: "der", type: "pkcs8" });
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32));
}
