import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type AccountBundle,
  newAccountBundle,
  openAccountBundle,
  privateKeyOfVersion,
  privateKeys,
  rotateAccountBundle,
  sealAccountBundle,
} from "./account-bundle.ts";
import { anyKey, anyU32, base64WithFlippedBit } from "./fixtures/tampering.ts";

const refusedKey = expect.objectContaining({ code: "decryption_failed" });

const anyBundle: fc.Arbitrary<AccountBundle> = fc.record({
  x25519: anyKey,
  identitySeed: anyKey,
  backup: anyKey,
  old: fc
    .uniqueArray(fc.record({ keyVersion: anyU32, x25519: anyKey }), {
      selector: ({ keyVersion }) => keyVersion,
      maxLength: 5,
    })
    .map((keys) => keys.sort((a, b) => b.keyVersion - a.keyVersion)),
});

it("what was sealed comes back, and neither the bundle nor the key is changed", () => {
  fc.assert(
    fc.property(anyKey, anyBundle, (key, bundle) => {
      const before = structuredClone({ key, bundle });
      expect(openAccountBundle(key, sealAccountBundle(key, bundle))).toEqual(bundle);
      expect({ key, bundle }).toEqual(before);
    }),
  );
});

it("a bundle with any bit flipped is refused, and so is any other key, in the same words", () => {
  fc.assert(
    fc.property(anyKey, anyBundle, fc.nat(), anyKey, (key, bundle, bit, other) => {
      fc.pre(!key.every((octet, at) => octet === other[at]));
      const sealed = sealAccountBundle(key, bundle);
      expect(() => openAccountBundle(key, base64WithFlippedBit(sealed, bit))).toThrow(refusedKey);
      expect(() => openAccountBundle(other, sealed)).toThrow(refusedKey);
    }),
  );
});

it("a bundle that is cut short is refused", () => {
  for (const sealed of ["", "AAAA", "AAAAAAAAAAAAAAAA"])
    expect(() => openAccountBundle(new Uint8Array(32), sealed)).toThrow(refusedKey);
});

it("no two accounts, and no two seals of one bundle, are alike", async () => {
  const [one, other] = [await newAccountBundle(), await newAccountBundle()];
  const secrets = [one, other].flatMap(({ x25519, identitySeed, backup }) => [x25519, identitySeed, backup]);
  expect(new Set(secrets.map(String)).size).toBe(6);
  expect(sealAccountBundle(one.backup, one)).not.toBe(sealAccountBundle(one.backup, one));
});

it("after rotations, what was written to any earlier key can still be read", async () => {
  const first = await newAccountBundle();
  const before = structuredClone(first);
  const second = await rotateAccountBundle(first, 1);
  const third = await rotateAccountBundle(second, 4);
  expect(first).toEqual(before);
  expect(third.identitySeed).toEqual(first.identitySeed);
  expect(third.backup).toEqual(first.backup);
  expect(privateKeys(third)).toEqual([third.x25519, second.x25519, first.x25519]);
  expect(privateKeyOfVersion(third, 5, 5)).toEqual(third.x25519);
  expect(privateKeyOfVersion(third, 5, 4)).toEqual(second.x25519);
  expect(privateKeyOfVersion(third, 5, 1)).toEqual(first.x25519);
  expect(privateKeyOfVersion(third, 5, 2)).toBeUndefined();
});

it("wiping the bundle before a rotation does not wipe the one after it", async () => {
  const first = await newAccountBundle();
  const key = Uint8Array.from(first.x25519);
  const { old } = await rotateAccountBundle(first, 1);
  first.x25519.fill(0);
  expect(old).toEqual([{ keyVersion: 1, x25519: key }]);
});

it("a rotation cannot give a version twice, go back or run out of versions", async () => {
  const rotated = await rotateAccountBundle(await newAccountBundle(), 3);
  for (const version of [3, 2, -1, 1.5, 0xffff_ffff, 0x1_0000_0000])
    await expect(rotateAccountBundle(rotated, version)).rejects.toMatchObject({ code: "malformed" });
});

it("a bundle with as many old keys as there can be still fits into what the server takes", async () => {
  let bundle = await newAccountBundle();
  for (let version = 0xffff_ff00; bundle.old.length < 64; version++)
    bundle = await rotateAccountBundle(bundle, version);
  expect(sealAccountBundle(bundle.backup, bundle).length).toBeLessThanOrEqual(8192);
  await expect(rotateAccountBundle(bundle, 0xffff_fff0)).rejects.toMatchObject({ code: "too_many_keys" });
});
