import fc from "fast-check";
import { expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

it("waits at random, each time up to twice as long, up to the longest, and anew once it went well", () => {
  const milliseconds = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(
      milliseconds,
      milliseconds,
      fc.integer({ min: 1, max: 2_000 }),
      (first, longest, failures) => {
        const backoff = new Backoff(first, longest);
        for (let index = 0; index < failures; index += 1) {
          const wait = backoff.next();
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(Math.min(longest, first * 2 ** index));
        }
        backoff.reset();
        expect(backoff.next()).toBeLessThanOrEqual(Math.min(first, longest));
      },
    ),
  );
});

it("spreads those who come back at the same time over the whole wait", () => {
  const waits = Array.from({ length: 2_000 }, () => new Backoff(1_000, 1_000).next());
  for (const start of [0, 250, 500, 750])
    expect(waits.filter((wait) => wait >= start && wait < start + 250).length).toBeGreaterThan(300);
});
