import { expect, it } from "vitest";
import { spokenTime } from "./spoken-time.ts";

it("says minutes and seconds, and neither if there are none of it", () => {
  expect(spokenTime(65_000, "en")).toBe("1 minute 5 seconds");
  expect(spokenTime(120_000, "en")).toBe("2 minutes");
  expect(spokenTime(999, "en")).toBe("1 second");
  expect(spokenTime(0, "en")).toBe("0 seconds");
});

it("says them in Russian with the right endings", () => {
  expect(spokenTime(63_000, "ru")).toBe("1 минута 3 секунды");
  expect(spokenTime(5 * 60_000 + 21_000, "ru")).toBe("5 минут 21 секунда");
});
