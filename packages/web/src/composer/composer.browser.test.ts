import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { go } from "../fixtures/go.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { type Desk, deskAt, openDesk } from "./fixtures/desk.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: writing messages in a browser, because ${HOW_TO_RUN}`);

/** Waits until what is being written is kept: then the list of chats shows it. */
async function kept(page: Page, text: string): Promise<void> {
  await page.getByRole("navigation", { name: "Chats" }).getByText(text).waitFor();
}

describe.runIf(chromium)("writing a message", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let desk: Desk;
  beforeAll(async () => {
    town = await startWebTown();
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    desk = await openDesk(alice, bob);
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("Enter sends, Shift and Enter begins a new line, and the field is empty for the next", async () => {
    const { page, field, feed, arrived } = desk;
    await field.fill("The boat");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("leaves at six");
    await page.keyboard.press("Enter");
    await feed.getByText("leaves at six").waitFor();
    expect(await field.inputValue()).toBe("");
    expect((await arrived(({ text }) => text.startsWith("The boat"))).text).toBe("The boat\nleaves at six");
    // Nothing but spaces is nothing.
    await field.fill("  \n ");
    await page.keyboard.press("Enter");
    await field.fill("With the button");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await arrived(({ text }) => text === "With the button");
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect((await desk.theirs.messages()).map(({ text }) => text)).toEqual([
      "The boat\nleaves at six",
      "With the button",
    ]);
  });

  it("what is sent quickly arrives in order", async () => {
    const { page, field, arrived, theirs } = desk;
    await field.focus();
    for (const word of ["one", "two", "three", "four"]) {
      await page.keyboard.type(word);
      await page.keyboard.press("Enter");
    }
    await arrived(({ text }) => text === "four");
    const texts = (await theirs.messages()).map(({ text }) => text);
    expect(texts.slice(-4)).toEqual(["one", "two", "three", "four"]);
  });

  it("a word that an input method is putting together is not sent by its Enter", async () => {
    const { page, field } = desk;
    await field.focus();
    const input = await page.context().newCDPSession(page);
    await input.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
    await field.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
    expect(await field.inputValue()).toBe("にほ");
    await input.send("Input.insertText", { text: "日本" });
    expect(await field.inputValue()).toBe("日本");
    await page.keyboard.press("Enter");
    await desk.arrived(({ text }) => text === "日本");
  });

  it("grows with its text up to a limit, and scrolls then", async () => {
    const { field } = desk;
    const height = async () => (await field.boundingBox())?.height ?? 0;
    const empty = await height();
    await field.fill("a\nb\nc");
    await expect.poll(height).toBeGreaterThan(empty + 30);
    await field.fill(Array.from({ length: 60 }, (_, line) => `line ${line}`).join("\n"));
    await expect.poll(height).toBeLessThan(260);
    expect(await field.evaluate((element) => element.scrollHeight > element.clientHeight)).toBe(true);
    await field.fill("");
    await expect.poll(height).toBe(empty);
  });

  it("what is begun is there after a reload and after other chats, and is gone once it is sent", async () => {
    const { page, field, chatId, arrived } = desk;
    await field.fill("Half a thou");
    await field.press("End");
    await page.keyboard.type("ght");
    await kept(page, "Half a thought");
    await page.reload();
    await expect.poll(() => field.inputValue()).toBe("Half a thought");
    const other = await alice.tacit.chats.createGroup({ title: "Elsewhere", members: [] });
    await go(page, `/chat/${other.id}`);
    await page.getByRole("region", { name: "Elsewhere" }).waitFor();
    await expect.poll(() => field.inputValue()).toBe("");
    await go(page, `/chat/${chatId}`);
    await expect.poll(() => field.inputValue()).toBe("Half a thought");
    await page.keyboard.press("Enter");
    await arrived(({ text }) => text === "Half a thought");
    await page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe("");
  });

  it("what another tab writes is taken over by a field that nobody writes in", async () => {
    const { page, field, chatId } = desk;
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await deskAt(tab).field.fill("From the other tab");
    await expect.poll(() => field.inputValue()).toBe("From the other tab");
    await deskAt(tab).field.fill("");
    await expect.poll(() => field.inputValue()).toBe("");
    await tab.close();
    expect(page.url()).toContain(`/chat/${chatId}`);
  });

  it("an answer shows what it answers, keeps that over a reload, and Escape gives it up", async () => {
    const { page, field, feed, theirs, arrived } = desk;
    await theirs.send("Shall I bring the lamp?");
    const question = feed.getByRole("article").filter({ hasText: "Shall I bring the lamp?" });
    await question.hover();
    await question.getByRole("button", { name: "Reply", exact: true }).click();
    const bar = page.getByRole("region", { name: "Reply to Bob" });
    await bar.getByText("Shall I bring the lamp?").waitFor();
    await page.keyboard.type("Yes, and");
    await kept(page, "Yes, and");
    await page.reload();
    await bar.getByText("Shall I bring the lamp?").waitFor();
    await field.focus();
    await page.keyboard.press("Escape");
    await bar.waitFor({ state: "detached" });
    expect(await field.inputValue()).toBe("Yes, and");
    await question.hover();
    await question.getByRole("button", { name: "Reply", exact: true }).click();
    await page.keyboard.type(" the rope");
    await page.keyboard.press("Enter");
    const answer = await arrived(({ text }) => text === "Yes, and the rope");
    const asked = await arrived(({ text }) => text === "Shall I bring the lamp?");
    expect(answer.replyToId).toBe(asked.id);
    await bar.waitFor({ state: "detached" });
  });

  it("arrow up in the empty field edits the last message of one's own", async () => {
    const { page, field, feed, arrived } = desk;
    await field.fill("We meet at nine");
    await page.keyboard.press("Enter");
    const sent = await arrived(({ text }) => text === "We meet at nine");
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => field.inputValue()).toBe("We meet at nine");
    await field.fill("We meet at ten");
    await page.keyboard.press("Enter");
    await feed.getByText("We meet at ten").waitFor();
    await expect.poll(async () => (await desk.theirs.message(sent.id ?? 0))?.text).toBe("We meet at ten");
    expect(await field.inputValue()).toBe("");
  });

  it("an edit that was given up stays so, however slowly the page is drawn", async () => {
    const { page, field, feed, arrived } = desk;
    await field.fill("Bring the oars");
    await page.keyboard.press("Enter");
    const sent = await arrived(({ text }) => text === "Bring the oars");
    // React and the SDK take turns by messages to themselves: now everything else comes before their turn.
    await page.evaluate(() => {
      const { postMessage } = MessagePort.prototype;
      MessagePort.prototype.postMessage = function (...given: unknown[]) {
        setTimeout(() => Reflect.apply(postMessage, this, given), 50);
      };
    });
    await page.keyboard.press("ArrowUp");
    const editing = page.getByRole("region", { name: "Editing" });
    await editing.waitFor();
    await page.keyboard.press("Escape");
    await editing.waitFor({ state: "detached" });
    await field.fill("And the sail");
    await kept(page, "And the sail");
    await page.keyboard.press("Enter");
    await feed.getByText("And the sail").waitFor();
    await arrived(({ text }) => text === "And the sail");
    expect((await desk.theirs.message(sent.id ?? 0))?.text).toBe("Bring the oars");
    await page.reload();
  });

  it("what was begun before an edit comes back after it, also over a reload", async () => {
    const { page, field, feed } = desk;
    await field.fill("Set aside");
    const mine = feed.getByRole("article").filter({ hasText: "We meet at ten" });
    await mine.click({ button: "right" });
    await page.getByRole("menuitem", { name: "Edit" }).click();
    await expect.poll(() => field.inputValue()).toBe("We meet at ten");
    await field.fill("We meet at eleven");
    await kept(page, "We meet at eleven");
    await page.reload();
    await page.getByRole("region", { name: "Editing" }).waitFor();
    expect(await field.inputValue()).toBe("We meet at eleven");
    await page.getByRole("button", { name: "Stop editing" }).click();
    await expect.poll(() => field.inputValue()).toBe("Set aside");
    await field.fill("");
  });

  it("a text that is too long stays in the field, with a sentence and how much too long it is", async () => {
    const { page, field } = desk;
    const long = "All work and no play. ".repeat(9_000);
    await field.fill(long);
    await page.getByRole("status").filter({ hasText: "too long" }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "This message is too long. Split it." }).waitFor();
    expect(await field.inputValue()).toBe(long);
    await field.fill("");
    await page.getByText("This message is too long. Split it.").waitFor({ state: "detached" });
  });

  it("an emoji is found by its name and put in at the caret, and is there the next time", async () => {
    const { page, field, arrived } = desk;
    await field.fill("Good  then");
    await field.evaluate((element: HTMLTextAreaElement) => element.setSelectionRange(5, 5));
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("searchbox", { name: "Search emoji" }).fill("sailboat");
    await page.getByRole("gridcell", { name: "Sailboat" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => field.inputValue()).toBe("Good ⛵️ then");
    await page.keyboard.press("Escape");
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await arrived(({ text }) => text === "Good ⛵️ then");
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("region", { name: "Recent" }).getByText("⛵️").waitFor();
    await page.getByRole("gridcell").first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it("the other side sees that somebody types, and that it is over", async () => {
    const { page, field, chatId, theirs } = desk;
    const seen: boolean[] = [];
    const stop = bob.tacit.on("typing", (change) => {
      if (change.chatId === chatId) seen.push(change.isTyping);
    });
    const unfollow = theirs.follow();
    await expect
      .poll(async () => {
        await field.fill("");
        await field.pressSequentially("I am typ");
        return seen;
      })
      .toContain(true);
    await page.keyboard.press("Enter");
    await expect.poll(() => seen.at(-1)).toBe(false);
    stop();
    unfollow();
  });

  it("on a phone Enter begins a new line, and everything is in Russian for who reads that", async () => {
    const { chatId } = desk;
    const phone = await bob.open({ viewport: PHONE, hasTouch: true, isMobile: true });
    await phone.evaluate(() => localStorage.setItem("tacit.language", "ru"));
    await go(phone, `/chat/${chatId}`);
    await phone.reload();
    const field = phone.getByRole("textbox", { name: "Сообщение", exact: true });
    await field.tap();
    await phone.keyboard.type("Первая");
    await phone.keyboard.press("Enter");
    await phone.keyboard.type("вторая");
    expect(await field.inputValue()).toBe("Первая\nвторая");
    await phone.getByRole("button", { name: "Отправить", exact: true }).tap();
    await desk.feed.getByText("вторая").waitFor();
    expect(await seriousViolations(phone)).toEqual([]);
    await phone.context().close();
  });
});
