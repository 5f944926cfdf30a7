import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { chats, row } from "../fixtures/chat-list.ts";
import { HOW_TO_RUN, hasChromium, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the list of chats in a browser, because ${HOW_TO_RUN}`);

const SMALLEST = { width: 360, height: 740 };
const titles = (page: Page) =>
  chats(page)
    .getByRole("link")
    .evaluateAll((links) => links.map((link) => link.querySelector("[data-title]")?.textContent ?? ""));

describe.runIf(chromium)("the list of chats", { timeout: 60_000 }, () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("shows a message as it arrives, counts it until it is read, and who is online", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await anna.open();
    await chats(page).getByText("No chats yet").waitFor();
    const chat = await boris.tacit.chats.withUser(anna.username);
    await chat.send("The lantern is lit");
    await row(page, /^Boris\s*, online\s*, .*The lantern is lit\s*, 1 unread message$/).waitFor();
    await chat.send("Come down");
    await row(page, /Come down\s*, 2 unread messages/).waitFor();
    await anna.tacit.chats.get(chat.id)?.markRead();
    await row(page, /Come down$/).waitFor();
  });

  it("tells where a message of mine stands, and who types", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await anna.open();
    const chat = await anna.tacit.chats.withUser(boris.username);
    const sent = await chat.send("Are you there?");
    await anna.tacit.flush();
    await row(page, /Delivered\s*You: Are you there\?/).waitFor();
    const theirs = () => boris.tacit.chats.get(chat.id);
    await expect.poll(() => theirs()?.unread).toBe(1);
    await theirs()?.markRead();
    await row(page, /Read\s*You: Are you there\?/).waitFor();
    expect(sent.isMine).toBe(true);

    // Typing lasts for seconds, and is told only to rows that have been on the screen for a moment.
    await expect
      .poll(async () => {
        await theirs()?.setTyping(true);
        return await row(page, /typing…/).count();
      })
      .toBe(1);
    await theirs()?.setTyping(false);
    await row(page, /Are you there\?/).waitFor();
  });

  it("shows drafts, kinds of chats, what is not encrypted, and what the server noted", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const cleo = await town.person("Cleo");
    const page = await anna.open();
    const group = await boris.tacit.chats.createGroup({ title: "Walkers", members: [anna.username] });
    await group.add(cleo.username);
    await row(page, /^group Walkers\s*, .*Boris added Cleo/).waitFor();
    await group.send("At noon?");
    await row(page, /Walkers\s*, .*Boris: At noon\?/).waitFor();
    await boris.tacit.chats.createChannel({ title: "News", members: [anna.username], encrypted: false });
    await row(page, /^channel News\s*, Not encrypted/).waitFor();
    await anna.tacit.chats.get(group.id)?.send("I will come");
    await row(page, /Walkers\s*, .*You: I will come/).waitFor();
    await row(page, /Walkers/).click();
    await page.getByRole("textbox", { name: "Message" }).fill("not finished");
    await row(page, /News/).click();
    await row(page, /Walkers\s*, .*Draft: not finished/).waitFor();
    await group.remove(anna.tacit.id);
    await expect.poll(() => titles(page)).toEqual(["News"]);
  });

  it("filters, and says so when nothing is left", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await anna.open();
    const chat = await boris.tacit.chats.withUser(anna.username);
    await chat.send("Hello");
    await boris.tacit.chats.createGroup({ title: "Walkers", members: [anna.username] });
    await row(page, /Walkers/).waitFor();
    await row(page, /Hello/).waitFor();
    await page.getByRole("radio", { name: /Unread.*1 chat with unread messages/ }).check();
    await expect.poll(() => titles(page)).toEqual(["Boris"]);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => titles(page)).toEqual(["Walkers"]);
    await page.getByRole("radio", { name: /Channels/ }).check();
    await chats(page).getByText("No channels yet").waitFor();
    await page.getByRole("radio", { name: /Unread/ }).check();
    await anna.tacit.chats.markAllRead();
    await chats(page).getByText("Nothing unread").waitFor();
    await chats(page).getByRole("button", { name: "Show all chats" }).click();
    await expect.poll(() => titles(page)).toHaveLength(2);
  });

  it("is walked through with the keys alone, and marks the open chat", async () => {
    const anna = await town.person("Anna");
    for (let at = 1; at <= 40; at++) await anna.tacit.chats.createGroup({ title: `Group ${at}` });
    const page = await anna.open();
    await page.locator("li[aria-setsize='40']").first().waitFor();
    await row(page, /Group 40\b/).focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => focused(page)).toMatch(/Group 39/);
    await page.keyboard.press("End");
    await expect.poll(() => focused(page)).toMatch(/Group 1$/);
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => focused(page)).toMatch(/Group 2$/);
    await page.keyboard.press("Enter");
    await expect.poll(() => row(page, /Group 2\b/).getAttribute("aria-current")).toBe("page");
    expect(await page.locator("li[aria-setsize='40'][aria-posinset='39']").count()).toBe(1);
    // Only what can be seen is there.
    expect(await chats(page).getByRole("link").count()).toBeLessThan(40);
  });

  it("has no serious fault for who cannot see it well, on a desktop and on a phone", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const chat = await boris.tacit.chats.withUser(anna.username);
    await chat.send("Hello");
    const loud = await boris.tacit.chats.createChannel({
      title: "News",
      members: [anna.username],
      encrypted: false,
    });
    await loud.send("Fog until Thursday");
    const page = await anna.open();
    await row(page, /Fog/).click();
    await row(page, /Hello/).waitFor();
    await anna.tacit.chats.get(chat.id)?.setFavorite(true);
    await anna.tacit.chats.get(loud.id)?.mute(new Date(Date.now() + 3_600_000));
    await row(page, /Boris.*favourite/).waitFor();
    await row(page, /News.*muted/).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.setViewportSize(SMALLEST);
    await page.goBack();
    await row(page, /^Boris/).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Archive" }).waitFor();
    const menu = await page.getByRole("menu").boundingBox();
    expect(menu?.x).toBeGreaterThanOrEqual(0);
    expect((menu?.x ?? 0) + (menu?.width ?? 0)).toBeLessThanOrEqual(SMALLEST.width);
    await page.keyboard.press("Escape");
    expect(await seriousViolations(page)).toEqual([]);
  });
});

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.querySelector("[data-title]")?.textContent ?? "");
