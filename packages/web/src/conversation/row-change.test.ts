import { expect, it } from "vitest";
import { changeOf } from "./row-change.ts";

const lines = (keys: string) => [...keys].map((key) => ({ key }));

it.each([
  ["abc", "abc", "none"],
  ["abc", "xyabc", "start"],
  ["abc", "bc", "start"],
  ["abc", "abcd", "end"],
  ["abc", "ab", "end"],
  ["", "ab", "end"],
  ["abc", "abxc", "other"],
  ["abc", "ac", "other"],
  ["abc", "xabcy", "other"],
])("%s to %s is a change at: %s", (before, after, change) => {
  expect(changeOf(lines(before), lines(after))).toBe(change);
});
