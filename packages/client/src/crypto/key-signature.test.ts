import fc from "fast-check";
import { expect, it } from "vitest";
import { anyKey, anyU32, withFlippedBit } from "./fixtures/tampering.ts";
import { publicKeyVerifies, signPublicKey } from "./key-signature.ts";
import { ed25519PublicKey } from "./primitives/ed25519.ts";

async function signed(seed: Uint8Array, publicKey: Uint8Array, keyVersion: number) {
  const signature = await signPublicKey(seed, publicKey, keyVersion);
  return { publicKey, identityKey: await ed25519PublicKey(seed), signature, keyVersion };
}

it("a signed key verifies, and no longer once any bit of it is flipped", async () => {
  await fc.assert(
    fc.asyncProperty(anyKey, anyKey, anyU32, fc.nat(), async (seed, publicKey, version, bit) => {
      const before = structuredClone({ seed, publicKey });
      const key = await signed(seed, publicKey, version);
      expect(await publicKeyVerifies(key)).toBe(true);
      expect({ seed, publicKey }).toEqual(before);
      const changed = [
        { ...key, publicKey: withFlippedBit(key.publicKey, bit) },
        { ...key, identityKey: withFlippedBit(key.identityKey, bit) },
        { ...key, signature: withFlippedBit(key.signature, bit) },
        { ...key, keyVersion: (version ^ (1 << (bit % 32))) >>> 0 },
      ];
      for (const forgery of changed) expect(await publicKeyVerifies(forgery)).toBe(false);
    }),
  );
});

it("keys, signatures and versions out of range are refused without an exception", async () => {
  const key = await signed(new Uint8Array(32).fill(5), new Uint8Array(32).fill(6), 1);
  const broken = [
    { ...key, publicKey: new Uint8Array(31) },
    { ...key, identityKey: new Uint8Array(33) },
    { ...key, signature: new Uint8Array(0) },
    ...[-1, 1.5, 0x1_0000_0001, Number.NaN].map((keyVersion) => ({ ...key, keyVersion })),
  ];
  for (const refused of broken) expect(await publicKeyVerifies(refused)).toBe(false);
});

it("an identity key of small order is refused, whatever it is said to have signed", async () => {
  const identityKey = new Uint8Array(32);
  identityKey[0] = 1;
  // With the neutral element as key and R, S = 0 satisfies the equation for every message.
  const signature = new Uint8Array(64);
  signature[0] = 1;
  const forged = { publicKey: new Uint8Array(32).fill(6), identityKey, signature, keyVersion: 1 };
  expect(await publicKeyVerifies(forged)).toBe(false);
});

it("half a key and a version over 32 bits are not signed", async () => {
  const seed = new Uint8Array(32);
  await expect(signPublicKey(seed, new Uint8Array(16), 1)).rejects.toMatchObject({ code: "wrong_length" });
  await expect(signPublicKey(seed, new Uint8Array(32), 2 ** 32)).rejects.toMatchObject({ code: "malformed" });
});
