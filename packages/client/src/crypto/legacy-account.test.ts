import fc from "fast-check";
import { expect, it } from "vitest";
import { newAccountBundle, openAccountBundle, privateKeys, sealAccountBundle } from "./account-bundle.ts";
import { anyKey, base64WithFlippedBit } from "./fixtures/tampering.ts";
import {
  legacyMasterKey,
  openLegacyPrivateKey,
  sealLegacyPrivateKey,
  upgradeLegacyAccount,
} from "./legacy-account.ts";

const refusedKey = expect.objectContaining({ code: "decryption_failed" });
const malformed = expect.objectContaining({ code: "malformed" });

it("a private key sealed as old clients do comes back, unless a bit is flipped", () => {
  fc.assert(
    fc.property(anyKey, anyKey, fc.nat(), (key, privateKey, bit) => {
      const before = structuredClone({ key, privateKey });
      const sealed = sealLegacyPrivateKey(key, privateKey);
      expect(openLegacyPrivateKey(key, sealed)).toEqual(privateKey);
      expect(() => openLegacyPrivateKey(key, base64WithFlippedBit(sealed, bit))).toThrow(refusedKey);
      expect({ key, privateKey }).toEqual(before);
    }),
  );
});

it("a wrong password is refused as a changed octet is", async () => {
  const salt = "9owTP2l4WDjuj6v5FVtKKg==";
  const sealed = sealLegacyPrivateKey(await legacyMasterKey("right", salt), new Uint8Array(32));
  const wrong = await legacyMasterKey("wrong", salt);
  expect(() => openLegacyPrivateKey(wrong, sealed)).toThrow(refusedKey);
});

it("neither kind of account is taken for the other", async () => {
  const key = new Uint8Array(32).fill(7);
  const bundle = await newAccountBundle();
  expect(() => openLegacyPrivateKey(key, sealAccountBundle(key, bundle))).toThrow(malformed);
  expect(() => openAccountBundle(key, sealLegacyPrivateKey(key, bundle.x25519))).toThrow(malformed);
});

it("an upgraded account reads what was sent to the old key, and is written to with a new one", async () => {
  const privateKey = new Uint8Array(32).fill(9);
  const bundle = await upgradeLegacyAccount(privateKey, 3);
  expect(bundle.old).toEqual([{ keyVersion: 3, x25519: privateKey }]);
  expect(privateKeys(bundle)).toEqual([bundle.x25519, privateKey]);
  expect(bundle.x25519).not.toEqual(privateKey);
  const key = new Uint8Array(32).fill(1);
  expect(openAccountBundle(key, sealAccountBundle(key, bundle))).toEqual(bundle);
});

it("an upgrade with half a key is refused", async () => {
  await expect(upgradeLegacyAccount(new Uint8Array(16), 1)).rejects.toMatchObject({ code: "wrong_length" });
  await expect(upgradeLegacyAccount(new Uint8Array(32), -1)).rejects.toMatchObject({ code: "malformed" });
});
