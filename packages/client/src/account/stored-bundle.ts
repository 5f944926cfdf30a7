import type { AccountBundle } from "../crypto/index.ts";
import { fromBase64, toBase64, wipe } from "../crypto/primitives/octets.ts";
import type { AccountRecord } from "../store/tables.ts";

/** A bundle as the store keeps it. */
export function storedBundle(bundle: AccountBundle): AccountRecord["bundle"] {
  return {
    x25519: toBase64(bundle.x25519),
    identitySeed: toBase64(bundle.identitySeed),
    backup: toBase64(bundle.backup),
    old: bundle.old.map(({ keyVersion, x25519 }) => ({ keyVersion, x25519: toBase64(x25519) })),
  };
}

/** A bundle from the store. @throws CryptoError `malformed` if it is none */
export function bundleOf({ bundle }: Pick<AccountRecord, "bundle">): AccountBundle {
  return {
    x25519: fromBase64(bundle.x25519),
    identitySeed: fromBase64(bundle.identitySeed),
    backup: fromBase64(bundle.backup),
    old: bundle.old.map(({ keyVersion, x25519 }) => ({ keyVersion, x25519: fromBase64(x25519) })),
  };
}

/** Overwrites a bundle that nobody needs any more. */
export function wipeBundle({ x25519, identitySeed, backup, old }: AccountBundle): void {
  wipe(x25519, identitySeed, backup, ...old.map((key) => key.x25519));
}
