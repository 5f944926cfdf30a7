import type { Chat } from "@tacit/client";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { go } from "../fixtures/go.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: notifications in a browser, because ${HOW_TO_RUN}`);

/** What the system shows for a page, whoever put it there. */
const outside = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const notifications = await registration.getNotifications();
    return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
  });

describe.runIf(chromium)("notifications", { timeout: 120_000 }, () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let page: Page;
  let withBob: Chat;
  let withCarol: Chat;
  beforeAll(async () => {
    town = await startWebTown();
    const people = ["Alice", "Bob", "Carol"].map((name) => town.person(name));
    const [one, other, carol] = await Promise.all(people);
    if (!one || !other || !carol) throw new Error("somebody is missing");
    [alice, bob] = [one, other];
    withBob = await bob.tacit.chats.withUser(alice.tacit.me);
    withCarol = await carol.tacit.chats.withUser(alice.tacit.me);
    await withBob.send("Hello from Bob");
    await withCarol.send("Hello from Carol");
    page = await alice.open({ permissions: ["notifications"] });
    await page.evaluate(() => navigator.serviceWorker.ready);
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  /** Everything is read, nothing muted, and she looks at an address of the app. */
  async function begin(path: string): Promise<void> {
    await expect.poll(() => alice.tacit.chats.get(withCarol.id)).toBeDefined();
    await alice.tacit.chats.get(withCarol.id)?.mute(null);
    await go(page, path);
    await page.reload();
    await page.getByRole("link", { name: /Carol/ }).first().waitFor();
    await page.getByRole("link", { name: /Carol.*muted/i }).waitFor({ state: "detached" });
    const title = async () => {
      await alice.tacit.chats.markAllRead();
      return await page.title();
    };
    await expect.poll(title, { timeout: 10_000 }).toBe("Tacit");
  }

  /** Another tab of the browser comes to the front. */
  async function lookAway(page: Page): Promise<Page> {
    const elsewhere = await page.context().newPage();
    await elsewhere.goto("about:blank");
    await elsewhere.bringToFront();
    await page.evaluate(() => {
      // What a browser with windows does; one without never takes the focus from a tab.
      Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
      dispatchEvent(new Event("blur"));
    });
    return elsewhere;
  }

  it("a message to another chat is announced in the page, without its text unless that is chosen", async () => {
    await begin(`/chat/${withBob.id}`);
    const toasts = page.getByRole("status").filter({ hasText: "Carol:" });
    await withCarol.send("A secret for Alice");
    await toasts.getByText("Carol: New message").waitFor();
    expect(await toasts.getByText("A secret for Alice").count()).toBe(0);
    await toasts.getByRole("button", { name: "Open", exact: true }).click();
    await expect.poll(() => page.url()).toContain(`#/chat/${withCarol.id}`);

    await go(page, "/settings/notifications");
    await page.getByLabel(/^Show what they say/).click();
    await withBob.send("The tea is ready");
    await page.getByRole("status").getByText("Bob: The tea is ready").waitFor();
    await page.getByLabel(/^Show what they say/).click();
  });

  it("nothing announces what is said in the chat that is looked at, or in one that is muted", async () => {
    await begin(`/chat/${withBob.id}`);
    await alice.tacit.chats.get(withCarol.id)?.mute(new Date(Date.now() + 3_600_000));
    await page.getByRole("link", { name: /Carol.*muted/i }).waitFor();
    await withCarol.send("Said in silence");
    await page.getByRole("link", { name: /Said in silence/ }).waitFor();
    await withBob.send("Said where she looks");
    await page.getByRole("article").getByText("Said where she looks").waitFor();
    // Whoever is not muted and not looked at comes last, and alone.
    const group = await bob.tacit.chats.createGroup({ title: "Garden", members: [alice.tacit.me] });
    await group.send("The roses");
    await page.getByRole("status").getByText("Garden: Bob: New message").waitFor();
    const announced = await page.getByRole("button", { name: "Open", exact: true }).count();
    expect(announced).toBe(1);
    expect(await page.getByText("Carol: New message").count()).toBe(0);
    expect(await page.getByText("Bob: New message", { exact: true }).count()).toBe(0);
  });

  it("the system announces what arrives while somebody looks elsewhere, once a chat, until it is read", async () => {
    await begin("/settings/notifications");
    await page.getByText("Your system shows new messages when you look at something else.").waitFor();
    await lookAway(page);
    for (const text of ["One", "Two", "Three"]) await withBob.send(text);
    await withCarol.send("Four");
    const tag = `chat-${withBob.id}`;
    const ofBob = async () => (await outside(page)).filter((shown) => shown.tag === tag);
    await expect.poll(async () => (await ofBob())[0]?.body).toMatch(/^\d new messages$/);
    expect(await ofBob()).toHaveLength(1);
    expect((await ofBob())[0]?.title).toBe("Bob");
    await expect.poll(async () => (await outside(page)).length).toBe(2);
    await expect.poll(() => alice.tacit.chats.get(withBob.id)?.unread).toBe(3);
    await alice.tacit.chats.get(withBob.id)?.markRead();
    await expect.poll(async () => (await outside(page)).map((shown) => shown.title)).toEqual(["Carol"]);
  });

  it("with two tabs a message is announced once", async () => {
    await begin("/");
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByRole("link", { name: /Bob/ }).first().waitFor();
    await page.evaluate(() => {
      Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
      dispatchEvent(new Event("blur"));
    });
    await withBob.send("Only once");
    await second.getByRole("status").getByText("Bob: New message").waitFor();
    expect(await page.getByRole("status").getByText("Bob: New message").count()).toBe(0);
    expect(await outside(page)).toEqual([]);
    await second.close();
  });

  it("pressing the system's notification opens the chat", async () => {
    await begin("/");
    await page.evaluate((chatId) => {
      // As the service worker tells it.
      const data = { type: "open-chat", chatId };
      navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data }));
    }, withBob.id);
    await expect.poll(() => page.url()).toContain(`#/chat/${withBob.id}`);
  });

  it("the title counts what is unread, without muted chats", async () => {
    await begin("/");
    await withBob.send("One to count");
    await withCarol.send("Another to count");
    await expect.poll(() => page.title()).toBe("(2) Tacit");
    await alice.tacit.chats.get(withCarol.id)?.mute(new Date(Date.now() + 3_600_000));
    await expect.poll(() => page.title()).toBe("(1) Tacit");
    await go(page, `/chat/${withBob.id}`);
    await expect.poll(() => page.title()).toBe("Tacit");
  });

  it("when it is switched off, nothing is announced", async () => {
    await begin("/settings/notifications");
    await page.getByRole("switch", { name: /^Announce new messages/ }).click();
    await withBob.send("Unheard");
    await page.getByRole("link", { name: /Unheard/ }).waitFor();
    await page.getByRole("switch", { name: /^Announce new messages/ }).click();
    await withCarol.send("Heard");
    await page.getByRole("status").getByText("Carol: New message").waitFor();
    expect(await page.getByText("Bob: New message").count()).toBe(0);
  });

  it("the browser is asked when a button is pressed, and if it refuses, the way to allow it is told", async () => {
    const phone = await alice.open({ viewport: PHONE });
    await go(phone, "/settings/notifications");
    await phone.getByRole("button", { name: "Allow notifications" }).waitFor();
    expect(await seriousViolations(phone)).toEqual([]);
    // This browser has nobody to ask, and refuses.
    await phone.getByRole("button", { name: "Allow notifications" }).click();
    await phone.getByText("Your browser blocks notifications of this page.").waitFor();
    expect(await seriousViolations(phone)).toEqual([]);
  });
});
