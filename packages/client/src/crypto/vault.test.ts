import fc from "fast-check";
import { expect, it } from "vitest";
import { anyKey, anyU32, withFlippedBit } from "./fixtures/tampering.ts";
import { toBase64 } from "./primitives/octets.ts";
import { emptyVault, openVault, sealVault, type VaultContents } from "./vault.ts";

const refusedKey = expect.objectContaining({ code: "decryption_failed" });

const anyUserId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(String);
const anyLater = fc.jsonValue().map((later) => JSON.parse(JSON.stringify({ later })));
const anyIdentity = anyKey.map(toBase64);
const anyTime = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") })
  .map((time) => time.toISOString());

const anyVault: fc.Arbitrary<VaultContents> = fc
  .record({
    pins: fc.dictionary(
      anyUserId,
      fc
        .tuple(fc.record({ identity_key: anyIdentity, key_version: anyU32 }), anyLater)
        .map(([pin, later]) => ({ ...later, ...pin })),
      { noNullPrototype: true },
    ),
    verified: fc.dictionary(anyUserId, fc.record({ identity_key: anyIdentity, verified_at: anyTime }), {
      noNullPrototype: true,
    }),
    settings: anyLater,
    later: anyLater,
  })
  .map(({ pins, verified, settings, later }) => ({ ...later, v: 1, pins, verified, settings }));

it("what one device put into the vault another finds there, with fields that only later releases know", () => {
  fc.assert(
    fc.property(anyKey, anyVault, (backup, contents) => {
      const before = structuredClone({ backup, contents });
      const sealed = sealVault(backup, contents);
      const copy = Uint8Array.from(sealed);
      expect(openVault(backup, sealed)).toEqual(contents);
      expect({ backup, contents }).toEqual(before);
      expect(sealed).toEqual(copy);
    }),
  );
});

it("a vault with any bit flipped is refused, and so is another account's", () => {
  fc.assert(
    fc.property(anyKey, fc.nat(), (backup, bit) => {
      const sealed = sealVault(backup, emptyVault());
      expect(() => openVault(backup, withFlippedBit(sealed, bit))).toThrow(refusedKey);
      expect(() => openVault(withFlippedBit(backup, bit), sealed)).toThrow(refusedKey);
    }),
  );
  expect(() => openVault(new Uint8Array(32), new Uint8Array(27))).toThrow(refusedKey);
});

it("what no device could read again is not sealed", () => {
  const backup = new Uint8Array(32);
  const pin = { identity_key: toBase64(new Uint8Array(32)), key_version: 1 };
  const broken = [
    { pins: { alice: pin } },
    { pins: { "01": pin } },
    { pins: { "9007199254740993": pin } },
    { pins: { 1: { ...pin, key_version: -1 } } },
    { pins: { 1: { ...pin, identity_key: pin.identity_key.replace("=", "") } } },
    { verified: { 1: { ...pin, verified_at: "2026-02-30" } } },
  ];
  for (const part of broken) {
    // As a program without types could hand it in.
    const contents = JSON.parse(JSON.stringify({ ...emptyVault(), ...part }));
    expect(() => sealVault(backup, contents)).toThrow(expect.objectContaining({ code: "malformed" }));
  }
});

it("a backup key of another length is refused", () => {
  const refused = expect.objectContaining({ code: "wrong_length" });
  expect(() => sealVault(new Uint8Array(16), emptyVault())).toThrow(refused);
  expect(() => openVault(new Uint8Array(33), new Uint8Array(64))).toThrow(refused);
});

it("a new vault is not shared between those who fill it", () => {
  expect(emptyVault().pins).not.toBe(emptyVault().pins);
});
