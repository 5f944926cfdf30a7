import fc from "fast-check";
import { expect, it } from "vitest";
import { equal, fromBase64, text, toBase64, toBase64Url, u32be, u32le, u64be, utf8 } from "./octets.ts";

const MALFORMED = expect.objectContaining({ code: "malformed" });

it("writes and reads base64 as everybody else does, however long", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (octets) => {
      const base64 = Buffer.from(octets).toString("base64");
      expect(toBase64(octets)).toBe(base64);
      expect(toBase64Url(octets)).toBe(Buffer.from(octets).toString("base64url"));
      expect(fromBase64(base64)).toEqual(octets);
    }),
  );
});

it.each([
  "A",
  "AA",
  "AAA",
  "AA=",
  "AB==",
  "AAB=",
  "AA==\n",
  " AA==",
  "A A==",
  "-_-_",
  "AA==AA==",
  "=",
  "é===",
])("does not read %j as base64", (base64) => {
  expect(() => fromBase64(base64)).toThrow(MALFORMED);
});

it("reads nothing as base64 that it would write differently", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."AB/+=-_ \n") }), (base64) => {
      const octets = readOrNothing(base64);
      if (octets) expect(toBase64(octets)).toBe(base64);
    }),
    { numRuns: 2000 },
  );
});

function readOrNothing(base64: string): Uint8Array | undefined {
  try {
    return fromBase64(base64);
  } catch {
    return undefined;
  }
}

it("gives any text back from UTF-8, a byte order mark too", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      expect(text(utf8(value))).toBe(value);
    }),
  );
  expect(text(utf8("\ufeffa"))).toBe("\ufeffa");
});

it("refuses half a character, and octets that are no UTF-8", () => {
  expect(() => utf8("a\ud800")).toThrow(MALFORMED);
  expect(() => text(Uint8Array.of(0xc0, 0x80))).toThrow(MALFORMED);
  expect(() => text(Uint8Array.of(0xed, 0xa0, 0x80))).toThrow(MALFORMED);
});

it("writes integers in the order of octets that is asked for, and no others than fit", () => {
  expect([...u32le(0x01020304)]).toEqual([4, 3, 2, 1]);
  expect([...u32be(0xfffffffe)]).toEqual([255, 255, 255, 254]);
  expect([...u64be(Number.MAX_SAFE_INTEGER)]).toEqual([0, 31, 255, 255, 255, 255, 255, 255]);
  for (const value of [-1, 1.5, 2 ** 32, Number.NaN]) expect(() => u32le(value)).toThrow(MALFORMED);
  for (const value of [-1, 1.5, 2 ** 53, Number.NaN]) expect(() => u64be(value)).toThrow(MALFORMED);
});

it("compares octets", () => {
  expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
});
