import { createTestDatabase, startProxy, startTestServer } from "@tacit/testkit";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { chats } from "../fixtures/chat-list.ts";
import { DESKTOP, HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the state of the network, in a browser, because ${HOW_TO_RUN}`);

/** Longer than the longest pause between two tries to connect. */
const PATIENCE = { timeout: 60_000 };
const offline = (page: Page) => page.getByText("Offline. What you write is sent when you are back.");
const back = (page: Page) => page.getByText("Back online");

describe.runIf(chromium)("the network", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it.each([
    ["phone", PHONE],
    ["desktop", DESKTOP],
  ])(
    "cut on a %s is told without moving anything, and being back is told, too",
    async (_, viewport) => {
      const anna = await town.person("Anna");
      await using proxy = await startProxy({ port: Number(new URL(town.server.url).port) });
      const page = await anna.open({ origin: `http://127.0.0.1:${proxy.port}`, viewport });
      const before = await chats(page).boundingBox();
      proxy.refuse();
      await offline(page).waitFor();
      const since = Date.now();
      expect(await chats(page).boundingBox()).toEqual(before);
      expect(await seriousViolations(page)).toEqual([]);
      // Each try in vain makes the next wait longer: in the end only the button brings the network back soon.
      const tryNow = page.getByRole("button", { name: "Try now" });
      const longWait = page.getByText(/Next try in (0:[1-5]\d|1:)/);
      await expect
        .poll(async () => {
          await tryNow.click();
          return await longWait.count();
        }, PATIENCE)
        .toBe(1);
      // Who was away for a moment only is not told that they are back.
      await expect.poll(() => Date.now() - since, PATIENCE).toBeGreaterThan(1500);
      proxy.accept();
      await tryNow.click();
      await back(page).waitFor();
      await expect.poll(() => back(page).isVisible(), PATIENCE).toBe(false);
      await page.context().close();
    },
    150_000,
  );

  it("of the browser itself is heeded at once", async () => {
    const anna = await town.person("Anna");
    const page = await anna.open();
    await page.context().setOffline(true);
    await offline(page).waitFor();
    await page.context().setOffline(false);
    await expect.poll(() => offline(page).isVisible(), PATIENCE).toBe(false);
  }, 150_000);
});

describe.runIf(chromium)("a server that is started again", () => {
  it("is found again by itself", async () => {
    const database = await createTestDatabase();
    const town = await startWebTown({ database: database.config });
    onTestFinished(async () => {
      await town.close();
      await database.drop();
    });
    const anna = await town.person("Anna");
    const page = await anna.open();
    const { port } = new URL(town.server.url);
    await town.server.close();
    await offline(page).waitFor();
    const { webDirectory, dataDirectory } = town.server.config;
    await using _ = await startTestServer({
      database: database.config,
      port: Number(port),
      webDirectory,
      dataDirectory,
    });
    // Whether a word is said about it depends on how long it took.
    await expect.poll(() => offline(page).isVisible(), PATIENCE).toBe(false);
    const bob = await town.person("Bob");
    await (await bob.tacit.chats.withUser(anna.username)).send("Are you there again?");
    await chats(page).getByText("Are you there again?").waitFor();
    expect(town.problems).toEqual([]);
  }, 150_000);
});
