import { expect, it } from "vitest";
import { barsOf, pathOf } from "./bars.ts";

it("draws as many bars as there is room for, the loudest of each part as high as it is", () => {
  expect(barsOf([0, 255, 51, 0], 2)).toEqual([1, 0.2]);
  expect(barsOf([255], 3)).toEqual([1, 1, 1]);
});

it("draws something to press where nothing is known or nothing is heard", () => {
  const [bar = 0, ...more] = barsOf(undefined, 4);
  expect(bar).toBeGreaterThan(0);
  expect(more).toEqual([bar, bar, bar]);
  expect(barsOf([0, 0], 4)).toEqual([bar, bar, bar, bar]);
});

it("stands the bars in the middle of the line", () => {
  expect(pathOf([1, 0.5])).toBe("M0.5 0v1.000M1.5 0.25v0.500");
});
