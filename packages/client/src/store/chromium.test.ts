import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import { expect, it } from "vitest";
import { inChromium } from "../crypto/fixtures/chromium.ts";
import { storageChecks } from "./fixtures/storage-checks.ts";
import { memory } from "./memory.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the database of a real browser, because ${HOW_TO_RUN}`);

const PAGE = new URL("./fixtures/page.ts", import.meta.url);
const NAMES = storageChecks({ fresh: async () => memory(), sealed: true }).map(({ name }) => name);

it.runIf(chromium)("Chromium's database is a storage like the others", { timeout: 120_000 }, async () => {
  const outcomes = await inChromium(PAGE, (open) => open.evaluate(() => checkStorage()));
  expect(outcomes.filter(({ problem }) => problem !== null)).toEqual([]);
  expect(outcomes.map(({ name }) => name)).toEqual(NAMES);
});

it.runIf(chromium)(
  "Chromium shows the chats and a page of one out of 50,000 messages at once",
  { timeout: 120_000 },
  async () => {
    const speed = await inChromium(PAGE, (open) => open.evaluate(() => measureStorage(50_000)));
    expect(speed.start).toBeLessThan(500);
    expect(speed.keys).toBeLessThan(2000);
  },
);

it.runIf(chromium)(
  "a page that Chromium gives no more room keeps what it has",
  { timeout: 120_000 },
  async () => {
    await inChromium(PAGE, async (open) => {
      const devtools = await open.context().newCDPSession(open);
      const limit = (quotaSize?: number) =>
        devtools.send("Storage.overrideQuotaForOrigin", {
          origin: new URL(open.url()).origin,
          ...(quotaSize === undefined ? {} : { quotaSize }),
        });
      await limit(8 * 1024 * 1024);
      const { written, refusal } = await open.evaluate(() => fillStorage());
      expect(refusal).toBe("store_full");
      expect(written).toBeGreaterThan(2);
      expect(await open.evaluate(() => readFilledStorage())).toBe(written);
      await limit();
      expect(await open.evaluate(() => fillStorage())).toEqual({ written: 20, refusal: false });
    });
  },
);

it.runIf(chromium)(
  "a page gets no directory, and nothing that only Node.js has",
  { timeout: 120_000 },
  async () => {
    const code = await inChromium(PAGE, (open) => open.evaluate(() => openDirectory()));
    expect(code).toBe("store_unavailable");
  },
);
