import fc from "fast-check";
import { expect, it } from "vitest";
import { anyKey, withFlippedBit } from "./fixtures/tampering.ts";
import { compareSafetyQr, safetyNumber, safetyQr } from "./safety-number.ts";

const ALICE = { identityKey: new Uint8Array(32).fill(1), userId: 1001 };
const BOB = { identityKey: new Uint8Array(32).fill(2), userId: 1002 };
const anyParty = fc.record({
  identityKey: anyKey,
  userId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
});

it("both sides see the same 60 digits, and other ones if any bit of a key or an id differs", () => {
  fc.assert(
    fc.property(anyParty, anyParty, fc.nat(), (mine, theirs, bit) => {
      const before = structuredClone({ mine, theirs });
      const number = safetyNumber(mine, theirs);
      expect(number).toMatch(/^\d{60}$/);
      expect(safetyNumber(theirs, mine)).toBe(number);
      const impostor = { ...theirs, identityKey: withFlippedBit(theirs.identityKey, bit) };
      expect(safetyNumber(mine, impostor)).not.toBe(number);
      expect({ mine, theirs }).toEqual(before);
    }),
    { numRuns: 10 },
  );
  expect(safetyNumber(ALICE, { ...BOB, userId: 1003 })).not.toBe(safetyNumber(ALICE, BOB));
});

it("scanning the other side's code tells whether both see the same keys", () => {
  const shownByBob = safetyQr(BOB, ALICE);
  expect(compareSafetyQr(shownByBob, ALICE, BOB)).toBe("match");
  const impostor = { ...BOB, identityKey: new Uint8Array(32).fill(3) };
  expect(compareSafetyQr(shownByBob, ALICE, impostor)).toBe("mismatch");
  expect(compareSafetyQr(safetyQr(impostor, ALICE), ALICE, BOB)).toBe("mismatch");
  expect(compareSafetyQr(safetyQr(BOB, impostor), ALICE, BOB)).toBe("mismatch");
});

it("scanning one's own code proves nothing", () => {
  expect(compareSafetyQr(safetyQr(ALICE, BOB), ALICE, BOB)).toBe("mismatch");
});

it("a code that is none of ours, or of a later release, is unreadable rather than wrong", () => {
  const code = safetyQr(BOB, ALICE);
  const others = [
    "",
    "https://example.org",
    code.replace(":0:", ":1:"),
    code.slice(0, -4),
    `${code} `,
    "tacit:safety:0:",
  ];
  for (const scanned of others) expect(compareSafetyQr(scanned, ALICE, BOB)).toBe("unreadable");
});

it("a key of another length and an id that is none are refused", () => {
  const refused = (code: string) => expect.objectContaining({ code });
  const short = { identityKey: new Uint8Array(31), userId: 1 };
  expect(() => safetyNumber(short, BOB)).toThrow(refused("wrong_length"));
  for (const userId of [0, -1, 1.5, 2 ** 53])
    expect(() => safetyQr({ ...ALICE, userId }, BOB)).toThrow(refused("malformed"));
});
