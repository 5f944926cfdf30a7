import { expect, it } from "vitest";
import { Stopwatch } from "./stopwatch.ts";

it("counts what is recorded and not the pauses", () => {
  let now = 100;
  const watch = new Stopwatch(() => now);
  expect(watch.elapsed).toBe(0);
  watch.start();
  now += 500;
  expect(watch.elapsed).toBe(500);
  watch.stop();
  now += 10_000;
  watch.start();
  now += 250;
  expect(watch.elapsed).toBe(750);
});
