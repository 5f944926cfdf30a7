import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import { expect, it } from "vitest";
import { allChecks } from "./fixtures/checks.ts";
import { inChromium } from "./fixtures/chromium.ts";
import { readVectors } from "./fixtures/read-vectors.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: everything that has to hold in Chromium, because ${HOW_TO_RUN}`);

it.runIf(chromium)(
  "everything that holds under Node.js holds in Chromium",
  { timeout: 120_000 },
  async () => {
    const vectors = readVectors();
    const page = new URL("./fixtures/page.ts", import.meta.url);
    const outcomes = await inChromium(page, (open) => open.evaluate((all) => checkVectors(all), vectors));
    expect(outcomes.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(outcomes.map(({ name }) => name)).toEqual(allChecks(vectors).map(({ name }) => name));
  },
);
