import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxy } from "@tacit/testkit";
import { launchWithProfile } from "@tacit/testkit/chromium";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { deskAt } from "./composer/fixtures/desk.ts";
import { go } from "./fixtures/go.ts";
import { DESKTOP, HOW_TO_RUN, hasChromium, signIn, startWebTown, type WebTown } from "./fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: a browser that is killed, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a browser that is killed while there is no network", { timeout: 60_000 }, () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("has lost neither what was to be sent nor what was being written, and sends it once", async () => {
    const [anna, boris, clara] = [
      await town.person("Anna"),
      await town.person("Boris"),
      await town.person("Clara"),
    ];
    const withBoris = await anna.tacit.chats.withUser(boris.username);
    const withClara = await anna.tacit.chats.withUser(clara.username);
    await using proxy = await startProxy({ port: Number(new URL(town.server.url).port) });
    const home = `http://localhost:${proxy.port}/`;
    const profile = await mkdtemp(join(tmpdir(), "tacit-profile-"));
    const start = async () => {
      const { context, kill } = await launchWithProfile(profile, { viewport: DESKTOP, locale: "en-GB" });
      const page = context.pages()[0] ?? (await context.newPage());
      await page.goto(home);
      return { context, page, kill };
    };

    const before = await start();
    onTestFinished(async () => {
      await before.context.close();
      await rm(profile, { recursive: true, force: true });
    });
    await signIn(before.page, anna);
    await before.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await go(before.page, `/chat/${withClara.id}`);
    await deskAt(before.page).field.fill("Half a thought");
    await go(before.page, `/chat/${withBoris.id}`);
    // In the list stands what is kept.
    await before.page.getByText("Half a thought").waitFor();
    proxy.refuse();
    await deskAt(before.page).field.fill("Said without a network");
    await before.page.keyboard.press("Enter");
    await deskAt(before.page).feed.getByText("Said without a network").waitFor();
    await before.kill();

    const after = await start();
    onTestFinished(() => after.context.close());
    await go(after.page, `/chat/${withClara.id}`);
    await expect.poll(() => deskAt(after.page).field.inputValue()).toBe("Half a thought");
    await go(after.page, `/chat/${withBoris.id}`);
    await deskAt(after.page).feed.getByText("Said without a network").waitFor();
    proxy.accept();
    const theirs = await boris.tacit.chats.withUser(anna.username);
    const texts = async () => (await theirs.messages()).map(({ text }) => text);
    await expect.poll(texts).toEqual(["Said without a network"]);
    await deskAt(after.page).feed.getByText("Delivered").waitFor();
    expect(await texts()).toEqual(["Said without a network"]);
  });
});
