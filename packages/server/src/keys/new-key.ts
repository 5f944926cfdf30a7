import { invalidField, TacitError } from "../errors.ts";
import { type Directory, signatureVerifies } from "./signatures.ts";
import type { NewPublicKey, SealedFields } from "./store.ts";
import { isUsableX25519 } from "./x25519.ts";

/** The keys with which an account begins; signed by the user if it has an identity key, else by the server. */
export interface NewKeys extends SealedFields {
  readonly pubk: string;
  readonly pkebyrk: string;
  readonly identity_key?: string | undefined;
  readonly signature?: string | undefined;
  /** Default 1. */
  readonly key_version?: number | undefined;
}

/** The next public key: all four fields or none. */
export interface KeyChange {
  readonly public_key?: string | undefined;
  readonly identity_key?: string | undefined;
  readonly signature?: string | undefined;
  readonly key_version?: number | undefined;
}

/** @throws {TacitError} `invalid_key_signature`, `invalid_input` for a signed key that nobody can encrypt for. */
export function newPublicKey(directory: Directory, keys: NewKeys): NewPublicKey {
  const { pubk, identity_key, signature, key_version = 1 } = keys;
  if (identity_key !== undefined || signature !== undefined) {
    return verified({ public_key: pubk, identity_key, signature, key_version }, "/pubk");
  }
  return { public_key: pubk, identity_key: null, signature: directory.sign(pubk, key_version), key_version };
}

/** Nothing if the key stays. @throws {TacitError} `invalid_key_signature`, `invalid_input` for a part of a key. */
export function replacedPublicKey(change: KeyChange): NewPublicKey | undefined {
  const { public_key, identity_key, signature, key_version } = change;
  const parts = [public_key, identity_key, signature, key_version];
  if (parts.every((part) => part === undefined)) return undefined;
  if (public_key === undefined || key_version === undefined) {
    throw invalidField(
      "/public_key",
      "needs identity_key, signature and key_version beside it, and they need it",
    );
  }
  return verified({ public_key, identity_key, signature, key_version }, "/public_key");
}

function verified(
  key: KeyChange & { readonly public_key: string; readonly key_version: number },
  path: "/pubk" | "/public_key",
): NewPublicKey {
  const { public_key, identity_key = "", signature = "", key_version } = key;
  const signed = { publicKey: public_key, identityKey: identity_key, signature, keyVersion: key_version };
  if (!signatureVerifies(signed)) throw new TacitError("invalid_key_signature");
  // A member with such a key would keep everyone in an encrypted chat from writing.
  if (!isUsableX25519(Buffer.from(public_key, "base64")))
    throw invalidField(path, "is not a usable X25519 key");
  return { public_key, identity_key, signature, key_version };
}
