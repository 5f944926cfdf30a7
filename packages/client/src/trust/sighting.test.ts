import fc from "fast-check";
import { expect, it } from "vitest";
import type { PinRecord } from "../store/tables.ts";
import type { CheckedKey } from "./checked-key.ts";
import { replaced, sight } from "./sighting.ts";

const anyKey: fc.Arbitrary<CheckedKey> = fc.record({
  publicKey: fc.constantFrom("key one", "key two"),
  keyVersion: fc.nat({ max: 3 }),
  identityKey: fc.constantFrom("alice", "mallory", null),
});
const moment = { at: "2026-01-01T00:00:00Z", newestId: 7 };

/** A server that presents one key after the other. @returns the pin, and what was said of the last key */
function present(keys: readonly CheckedKey[]) {
  let pin: PinRecord | undefined;
  const seen = keys.map((key) => {
    const sighting = sight(1, pin, key, moment);
    pin = ("pin" in sighting && sighting.pin) || pin;
    return { key, sighting, pin };
  });
  return { pin, seen };
}

it("whatever a server presents, nothing is encrypted to another identity than the first, unless it was accepted", () => {
  fc.assert(
    fc.property(fc.array(anyKey, { minLength: 1, maxLength: 12 }), (keys) => {
      const { seen } = present(keys);
      const taken = seen
        .filter(({ sighting: { outcome } }) => outcome === "usable" || outcome === "upgraded")
        .flatMap(({ key: { identityKey } }) => identityKey ?? []);
      expect(new Set(taken).size).toBeLessThanOrEqual(1);
      const upgrades = seen.filter(({ sighting }) => sighting.outcome === "upgraded");
      expect(upgrades.length).toBeLessThanOrEqual(keys[0]?.identityKey === null ? 1 : 0);
    }),
  );
});

it("whatever a server presents, nothing is encrypted to an older key than one seen, nor to two of one version", () => {
  fc.assert(
    fc.property(fc.array(anyKey, { minLength: 1, maxLength: 12 }), (keys) => {
      let newest: CheckedKey | undefined;
      for (const { key, sighting } of present(keys).seen) {
        if (key.identityKey === null || !["usable", "upgraded"].includes(sighting.outcome)) continue;
        if (newest) expect(key.keyVersion).toBeGreaterThanOrEqual(newest.keyVersion);
        if (newest?.keyVersion === key.keyVersion) expect(key.publicKey).toBe(newest.publicKey);
        newest = key;
      }
    }),
  );
});

it("the same key twice changes nothing and is told once", () => {
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 8 }), anyKey, (keys, key) => {
      const { pin } = present([...keys, key]);
      const again = sight(1, pin, key, moment);
      expect("pin" in again ? again.pin : undefined).toBeUndefined();
      if (again.outcome === "changed") expect(again.news).toBe(false);
    }),
  );
});

it("an identity that was accepted is the pinned one, and the one before is remembered up to the newest message", () => {
  const { pin } = present([
    { publicKey: "key one", keyVersion: 3, identityKey: "alice" },
    { publicKey: "key two", keyVersion: 1, identityKey: "mallory" },
  ]);
  if (!pin?.changed) throw new Error("that was no other identity");
  const accepted = replaced({ ...pin, verifiedAt: moment.at }, pin.changed, moment);
  expect(accepted).toEqual({
    userId: 1,
    publicKey: "key two",
    keyVersion: 1,
    identityKey: "mallory",
    firstSeenAt: moment.at,
    former: [{ identityKey: "alice", upToId: 7 }],
  });
});
