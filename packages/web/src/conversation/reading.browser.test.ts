import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { png } from "../composer/fixtures/pictures.ts";
import { seriousViolations } from "../fixtures/axe.ts";
import { chats } from "../fixtures/chat-list.ts";
import { eventually } from "../fixtures/eventually.ts";
import { feedOf } from "../fixtures/feed.ts";
import { go } from "../fixtures/go.ts";
import { longChat } from "../fixtures/long-chat.ts";
import { HOW_TO_RUN, hasChromium, type Person, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the web app in a browser, because ${HOW_TO_RUN}`);

const COUNT = 900;

/** The article at the middle of the screen, and where it is. */
async function atTheMiddle(page: Page): Promise<{ key: string; top: number }> {
  return await feedOf(page).evaluate((feed) => {
    const middle = feed.getBoundingClientRect().top + feed.clientHeight / 2;
    const article = [...feed.querySelectorAll("article")].find(
      (article) => article.getBoundingClientRect().bottom > middle,
    );
    return { key: article?.dataset.key ?? "", top: article?.getBoundingClientRect().top ?? 0 };
  });
}

async function topOf(page: Page, key: string): Promise<number> {
  return await feedOf(page).evaluate((feed, key) => {
    const article = [...feed.querySelectorAll("article")].find((article) => article.dataset.key === key);
    return article?.getBoundingClientRect().top ?? Number.NaN;
  }, key);
}

async function scrollBy(page: Page, by: number): Promise<void> {
  await feedOf(page).evaluate(
    (feed, by) =>
      new Promise<void>((resolve) => {
        feed.scrollTop += by;
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      }),
    by,
  );
}

const gapBelow = (page: Page) =>
  feedOf(page).evaluate((feed) => feed.scrollHeight - feed.scrollTop - feed.clientHeight);
const heightOf = (page: Page) => feedOf(page).evaluate((feed) => feed.scrollHeight);

describe.runIf(chromium)("reading a long conversation", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let page: Page;
  let id: number;
  beforeAll(async () => {
    town = await startWebTown();
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    id = await longChat(town.server, alice.tacit, bob.tacit, { title: "Long", count: COUNT });
    page = await alice.open();
  });
  beforeEach(async () => {
    await go(page, "/");
    // Else what is looked at may still be the conversation of before.
    await page.getByText("Choose a conversation").waitFor();
    await go(page, `/chat/${id}`);
    await feedOf(page).getByRole("article").first().waitFor();
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  it("opens at the newest message", async () => {
    await feedOf(page).getByText(`Message ${COUNT}`, { exact: false }).first().waitFor();
    await eventually(() => gapBelow(page)).toBeLessThan(2);
  });

  it("keeps what one reads where it is while older messages come", async () => {
    await eventually(() => gapBelow(page)).toBeLessThan(2);
    for (let pages = 0; pages < 2; pages++) {
      const height = await heightOf(page);
      // Until the next page is there: what is on the screen moves as far as it is scrolled, and not a line more.
      for (let steps = 0; steps < 20 && (await heightOf(page)) < height + 500; steps++) {
        const { key, top } = await atTheMiddle(page);
        const before = await feedOf(page).evaluate((feed) => feed.scrollTop);
        await scrollBy(page, -300);
        expect(Math.abs((await topOf(page, key)) - top - Math.min(300, before))).toBeLessThan(2);
      }
      await eventually(() => heightOf(page)).toBeGreaterThan(height + 500);
    }
  }, 60_000);

  it("keeps the place when one leaves the chat and comes back, and when something arrives below", async () => {
    await scrollBy(page, -700);
    await eventually(() => gapBelow(page)).toBeGreaterThan(300);
    const { key, top } = await atTheMiddle(page);
    await go(page, "/");
    await page.getByText("Choose a conversation").waitFor();
    await go(page, `/chat/${id}`);
    await eventually(async () => Math.abs((await topOf(page, key)) - top)).toBeLessThan(2);
    await bob.tacit.chats.get(id)?.send("something new below");
    const jump = page.getByRole("button", { name: "Jump to the newest message, 1 unread" });
    await jump.waitFor();
    expect(Math.abs((await topOf(page, key)) - top)).toBeLessThan(2);
    await jump.click();
    await feedOf(page).getByText("something new below").waitFor();
    await eventually(() => gapBelow(page)).toBeLessThan(2);
    await eventually(async () => (await bob.tacit.chats.get(id)?.lastMessage())?.state).toBe("read");
  });

  it("follows new messages at the end, and goes there with what one writes oneself", async () => {
    await bob.tacit.chats.get(id)?.send("at the end");
    await feedOf(page).getByText("at the end").waitFor();
    await eventually(() => gapBelow(page)).toBeLessThan(2);
    await scrollBy(page, -900);
    await page.getByRole("textbox", { name: "Message" }).fill("my own word");
    await page.keyboard.press("Enter");
    await feedOf(page).getByText("my own word").waitFor();
    await eventually(() => gapBelow(page)).toBeLessThan(2);
  });

  it("opens a message by its address, however far, and says when it is gone", async () => {
    const [first] = await town.server.sql<{ id: number }[]>`
      SELECT min(id) AS id FROM messages WHERE chat_id = ${id} AND message LIKE 'Message %'`;
    await go(page, `/chat/${id}/message/${first?.id}`);
    await eventually(() => feedOf(page).locator("article[data-marked]").textContent()).toContain("Message 1");
    await page.getByRole("button", { name: "Jump to the newest message" }).click();
    await eventually(() => gapBelow(page)).toBeLessThan(2);
    await go(page, `/chat/${id}/message/${(first?.id ?? 2) - 1}`);
    await page.getByText("This message is gone.").waitFor();
  }, 40_000);

  it("opens where reading goes on, with a line above it", async () => {
    await go(page, "/");
    for (let at = 1; at <= 30; at++) await bob.tacit.chats.get(id)?.send(`unread ${at}`);
    await eventually(() => chats(page).textContent()).toContain("unread 30");
    await eventually(() => chats(page).getByText("30", { exact: true }).count()).toBeGreaterThan(0);
    await go(page, `/chat/${id}`);
    const line = feedOf(page).getByText("Unread messages");
    await line.waitFor();
    await eventually(async () => {
      const [at, first] = await Promise.all([
        line.boundingBox(),
        feedOf(page).getByText("unread 1", { exact: true }).boundingBox(),
      ]);
      return at !== null && first !== null && first.y > at.y && first.y - at.y < 90;
    }).toBe(true);
    expect(await gapBelow(page)).toBeGreaterThan(100);
  }, 60_000);

  it("keeps what one reads where it is while a picture above it gets its size", async () => {
    const chat = bob.tacit.chats.get(id);
    // Nobody has said how large it is, and it turns out to be high.
    await chat?.send({
      files: [{ content: png(300, 600, [40, 120, 90]), name: "tower.png", type: "image/png" }],
    });
    for (let at = 1; at <= 25; at++) await chat?.send(`under the tower ${at}`);
    await page.getByRole("button", { name: /^Jump to the newest message/ }).click();
    await feedOf(page).getByText("under the tower 25").waitFor();
    await eventually(() => gapBelow(page)).toBeLessThan(2);
    const picture = feedOf(page).getByRole("img", { name: "tower.png" });
    let isShown = false;
    for (let steps = 0; steps < 40 && !isShown; steps++) {
      const { key, top } = await atTheMiddle(page);
      await scrollBy(page, -100);
      // Also once it has come, and whatever it did to the lines around it.
      isShown = await picture.evaluateAll(
        ([image]) => image instanceof HTMLImageElement && image.naturalHeight > 0,
      );
      expect(Math.abs((await topOf(page, key)) - top - 100)).toBeLessThan(2);
    }
    const { key, top } = await atTheMiddle(page);
    await eventually(() =>
      picture.evaluateAll(([image]) => (image instanceof HTMLImageElement ? image.naturalHeight : 0)),
    ).toBe(600);
    expect(Math.abs((await topOf(page, key)) - top)).toBeLessThan(2);
  }, 60_000);

  it("has no serious finding of axe", async () => {
    expect(await seriousViolations(page)).toEqual([]);
  });
});
