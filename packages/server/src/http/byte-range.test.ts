import fc from "fast-check";
import { expect, test } from "vitest";
import { ifNoneMatchNames, ifRangeHolds, readRange } from "./byte-range.ts";

test.each([
  ["bytes=0-0", 0, 0],
  ["bytes=0-99", 0, 99],
  ["bytes=5-", 5, 99],
  ["bytes=99-", 99, 99],
  ["bytes=10-2000", 10, 99],
  ["bytes=-1", 99, 99],
  ["bytes=-100", 0, 99],
  ["bytes=-5000", 0, 99],
  ["BYTES= 1-2 ", 1, 2],
  ["bytes=0-99999999999999999999999", 0, 99],
])("%s of 100 octets is %i to %i", (header, start, end) => {
  expect(readRange(header, 100)).toEqual({ start, end });
});

test.each([
  ["bytes=100-", 100],
  ["bytes=100-200", 100],
  ["bytes=-0", 100],
  ["bytes=99999999999999999999999-", 100],
  ["bytes=0-", 0],
  ["bytes=-1", 0],
])("%s of %i octets cannot be satisfied", (header, size) => {
  expect(readRange(header, size)).toBe("unsatisfiable");
});

test.each([
  undefined,
  "",
  "bytes",
  "bytes=",
  "bytes=-",
  "bytes=2-1",
  "bytes=a-b",
  "bytes=1x-2",
  "bytes=--1",
  "bytes=+1-2",
  "bytes=1.5-2",
  "bytes=0-1,4-5",
  "items=0-1",
  "bytes 0-1",
  "bytes=0-1\u0000",
])("%j asks for no range: the whole is sent", (header) => {
  expect(readRange(header, 100)).toBe("none");
});

test("a range that is answered is never empty and never outside", () => {
  const number = fc.oneof(fc.nat({ max: 300 }), fc.constant(""), fc.maxSafeNat());
  fc.assert(
    fc.property(number, number, fc.nat({ max: 200 }), (first, last, size) => {
      const range = readRange(`bytes=${first}-${last}`, size);
      if (typeof range === "string") return;
      expect(range.start).toBeGreaterThanOrEqual(0);
      expect(range.end).toBeGreaterThanOrEqual(range.start);
      expect(range.end).toBeLessThan(size);
    }),
  );
});

test("If-Range holds for exactly this strong entity tag, and if there is none", () => {
  expect(ifRangeHolds(undefined, '"a"')).toBe(true);
  expect(ifRangeHolds('"a"', '"a"')).toBe(true);
  for (const other of ['"b"', 'W/"a"', "a", "*", "", '"a", "b"', "Sun, 06 Nov 1994 08:49:37 GMT"])
    expect(ifRangeHolds(other, '"a"')).toBe(false);
  expect(ifRangeHolds('W/"a"', 'W/"a"')).toBe(false);
});

test("If-None-Match names an entity tag in a list, weak or strong, or with a star", () => {
  for (const header of ['"a"', 'W/"a"', '"b", "a"', ' "b",W/"a" ', "*", " * ", '"x,y" , "a"'])
    expect(ifNoneMatchNames(header, '"a"')).toBe(true);
  for (const header of [undefined, "", '"b"', "a", '"A"', '"a', '"*"', "**"])
    expect(ifNoneMatchNames(header, '"a"')).toBe(false);
  expect(ifNoneMatchNames('"a"', 'W/"a"')).toBe(true);
});
