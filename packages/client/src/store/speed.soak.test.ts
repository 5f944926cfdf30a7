import { expect, test } from "vitest";
import { directory } from "./directory.ts";
import { freshPath } from "./fixtures/place.ts";
import { measureStore } from "./fixtures/speed.ts";

test("a directory with 50,000 messages shows its chats and a page of one at once", {
  timeout: 120_000,
}, async () => {
  const speed = await measureStore(directory(await freshPath()), 50_000);
  expect(speed.start).toBeLessThan(300);
  expect(speed.keys).toBeLessThan(1000);
});
