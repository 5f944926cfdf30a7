import fc from "fast-check";
import { expect, it } from "vitest";
import { openVault, sealVault, type VaultContents } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import type { PinRecord } from "../store/tables.ts";
import { mergeVault } from "./vault-merge.ts";

const identities = [1, 2].map((octet) => toBase64(new Uint8Array(32).fill(octet)));
const anyIdentity = fc.constantFrom(...identities);
const anyUser = fc.integer({ min: 1, max: 4 });
const anyTime = fc.integer({ min: 1, max: 9 }).map((day) => `2026-01-0${day}T00:00:00.000Z`);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const anyPin: fc.Arbitrary<PinRecord> = fc
  .record({
    userId: anyUser,
    identityKey: fc.oneof(anyIdentity, fc.constant(null)),
    keyVersion: fc.nat({ max: 5 }),
    marks: fc.oneof(
      fc.constant({}),
      anyTime.map((verifiedAt) => ({ verifiedAt })),
      anyTime.map((unverifiedAt) => ({ unverifiedAt })),
    ),
    accepted: optional(anyTime),
  })
  .map(({ marks, accepted, ...pin }) => ({
    ...pin,
    publicKey: "key",
    firstSeenAt: "2026-01-01T00:00:00.000Z",
    ...(pin.identityKey !== null && marks),
    ...(accepted !== undefined && { acceptedAt: accepted }),
  }));

const anyPins = fc.uniqueArray(anyPin, { selector: ({ userId }) => userId });

const anyVault: fc.Arbitrary<VaultContents> = fc
  .record({
    pins: fc.dictionary(
      anyUser.map(String),
      fc.record(
        {
          identity_key: anyIdentity,
          key_version: fc.nat({ max: 5 }),
          accepted_at: anyTime,
          former: fc.jsonValue(),
        },
        { requiredKeys: ["identity_key", "key_version"] },
      ),
      { noNullPrototype: true },
    ),
    verified: fc.dictionary(
      anyUser.map(String),
      fc.record(
        { identity_key: anyIdentity, verified_at: anyTime, unverified_at: anyTime },
        { requiredKeys: ["identity_key", "verified_at"] },
      ),
      { noNullPrototype: true },
    ),
  })
  .map((parts) => JSON.parse(JSON.stringify({ v: 1, settings: { theme: "dark" }, later: [1], ...parts })));

const own = { userId: 99, identityKey: identities[0] ?? "" };
const moment = { at: "2026-02-01T00:00:00.000Z", newestId: 5 };

/** What the device has after a merge. */
function after(local: readonly PinRecord[], merged: readonly PinRecord[]): PinRecord[] {
  return [...new Map([...local, ...merged].map((pin) => [pin.userId, pin])).values()];
}

it("whatever a vault says, no pinned identity changes, and no newer key is forgotten", () => {
  fc.assert(
    fc.property(anyPins, anyVault, (local, vault) => {
      const now = new Map(
        after(local, mergeVault(local, vault, own, moment).pins).map((pin) => [pin.userId, pin]),
      );
      for (const { userId, identityKey, keyVersion } of local) {
        const pin = now.get(userId);
        if (identityKey === null) continue;
        expect(pin?.identityKey).toBe(identityKey);
        expect(pin?.keyVersion).toBeGreaterThanOrEqual(keyVersion);
      }
    }),
  );
});

it("once a device and the vault have met, they have nothing more to tell each other", () => {
  fc.assert(
    fc.property(anyPins, anyVault, (local, vault) => {
      const first = mergeVault(local, vault, own, moment);
      const second = mergeVault(after(local, first.pins), first.contents, own, moment);
      expect(second.pins).toEqual([]);
      expect(second.contents).toBe(first.contents);
    }),
  );
});

it("former identities that are none are left out", () => {
  const good = { identity_key: identities[1], up_to_id: 3 };
  const bad = [
    { ...good, identity_key: "?" },
    { ...good, up_to_id: "3" },
    null,
    7,
    { ...good, identity_key: 1 },
  ];
  const pin = { identity_key: identities[0] ?? "", key_version: 1, former: [good, ...bad] };
  const vault = { v: 1, pins: { 5: pin }, verified: {}, settings: {} } as const;
  const { pins } = mergeVault([], vault, own, moment);
  expect(pins[0]?.former).toEqual([{ identityKey: identities[1], upToId: 3 }]);
});

it("two devices that share a vault agree on who is verified, wherever they pinned the same identity", () => {
  fc.assert(
    fc.property(anyPins, anyPins, anyVault, (one, other, vault) => {
      const first = mergeVault(one, vault, own, moment);
      const second = mergeVault(other, first.contents, own, moment);
      const firstAgain = mergeVault(after(one, first.pins), second.contents, own, moment);
      const here = after(after(one, first.pins), firstAgain.pins);
      const there = new Map(after(other, second.pins).map((pin) => [pin.userId, pin]));
      for (const pin of here) {
        const twin = there.get(pin.userId);
        const entry = second.contents.pins[pin.userId];
        const agreed = pin.identityKey !== null && twin?.identityKey === pin.identityKey;
        if (!agreed || entry?.identity_key !== pin.identityKey) continue;
        expect(twin?.verifiedAt).toBe(pin.verifiedAt);
      }
    }),
  );
});

it("every merged vault can be sealed, and keeps what is not known", () => {
  const backup = new Uint8Array(32).fill(3);
  fc.assert(
    fc.property(anyPins, anyVault, (local, vault) => {
      const { contents } = mergeVault(local, vault, own, moment);
      expect(openVault(backup, sealVault(backup, contents))).toEqual(contents);
      expect(contents).toMatchObject({ settings: { theme: "dark" }, later: [1] });
    }),
  );
});
