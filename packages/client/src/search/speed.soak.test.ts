import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import { expect, test } from "vitest";
import { inChromium } from "../crypto/fixtures/chromium.ts";
import { directory } from "../store/directory.ts";
import { freshPath } from "../store/fixtures/place.ts";
import { measureSearch, type SearchSpeed } from "./fixtures/speed.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: how fast the search is in a browser, because ${HOW_TO_RUN}`);

/** Far from what is usual, since other programs may be busy: 500 ms, 40 ms and 300 ms. */
function expectFast(where: string, speed: SearchSpeed): void {
  console.info(`Search in 50,000 messages in ${where}, ms:`, speed);
  expect(speed.first).toBeLessThan(2500);
  expect(speed.later).toBeLessThan(250);
  expect(speed.longestTurn).toBeLessThan(1500);
}

test("50,000 messages in a directory are searched at once, and soon after a start", {
  timeout: 120_000,
}, async () => {
  expectFast("a directory", await measureSearch(directory(await freshPath()), 50_000));
});

test.runIf(chromium)("so they are in Chromium", { timeout: 120_000 }, async () => {
  const page = new URL("./fixtures/page.ts", import.meta.url);
  expectFast("Chromium", await inChromium(page, (open) => open.evaluate(() => measureIndexedDb(50_000))));
});
