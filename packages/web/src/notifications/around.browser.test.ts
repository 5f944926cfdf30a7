import type { Chat } from "@tacit/client";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { go } from "../fixtures/go.ts";
import { HOW_TO_RUN, hasChromium, type Person, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: notifications and the system in a browser, because ${HOW_TO_RUN}`);

/** What a page asked of the browser that nobody sees or hears there. */
interface Asked {
  /** Notes that were played: two a sound. */
  notes: number;
  /** Numbers at the app's icon, one after the other. */
  readonly badges: number[];
}

/** Notes in the page, from its next loading on, what it asks. @returns tells it */
async function watchAsked(page: Page): Promise<() => Promise<Asked>> {
  await page.addInitScript(() => {
    const badges: number[] = [];
    const asked = { notes: 0, badges };
    Object.assign(window, { asked });
    const start = AudioScheduledSourceNode.prototype.start;
    AudioScheduledSourceNode.prototype.start = function (...when) {
      asked.notes++;
      start.apply(this, when);
    };
    const setAppBadge = async (count = 0) => void badges.push(count);
    Object.assign(navigator, { setAppBadge, clearAppBadge: () => setAppBadge(0) });
  });
  return () => page.evaluate(() => Reflect.get(window, "asked"));
}

/** The person looks at another window. A browser without windows never takes the focus from a page. */
async function lookAway(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "hasFocus", { configurable: true, value: () => false });
    dispatchEvent(new Event("blur"));
  });
}

/** What the system shows. */
const outside = (page: Page) =>
  page.evaluate(async () => {
    const notifications = await (await navigator.serviceWorker.ready).getNotifications();
    return notifications.map(({ title }) => title);
  });

describe.runIf(chromium)("beside the page,", { timeout: 90_000 }, () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let withBob: Chat;
  let withCarol: Chat;
  beforeAll(async () => {
    town = await startWebTown();
    const [one, other, carol] = [
      await town.person("Alice"),
      await town.person("Bob"),
      await town.person("Carol"),
    ];
    [alice, bob] = [one, other];
    withBob = await bob.tacit.chats.withUser(alice.tacit.me);
    withCarol = await carol.tacit.chats.withUser(alice.tacit.me);
    await withBob.send("Hello from Bob");
    await withCarol.send("Hello from Carol");
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  /** A browser of Alice that was prepared before the app began in it; everything is read. */
  async function opened(prepare: (page: Page) => Promise<void>): Promise<Page> {
    const page = await alice.open({ permissions: ["notifications"] });
    await page.evaluate(() => navigator.serviceWorker.ready);
    await prepare(page);
    await page.reload();
    await page.getByRole("link", { name: /Carol/ }).first().waitFor();
    const title = async () => {
      await alice.tacit.chats.markAllRead();
      return await page.title();
    };
    await expect.poll(title).toBe("Tacit");
    return page;
  }

  it("the app's icon counts what is unread, until it is read", async () => {
    let asked = async (): Promise<Asked> => ({ notes: 0, badges: [] });
    const page = await opened(async (page) => {
      asked = await watchAsked(page);
    });
    const badge = async () => (await asked()).badges.at(-1);
    await withBob.send("One to count");
    await expect.poll(badge).toBe(1);
    await withBob.send("Two to count");
    await withCarol.send("Three to count");
    await expect.poll(badge).toBe(3);
    await go(page, `/chat/${withBob.id}`);
    await expect.poll(badge).toBe(1);
    await go(page, `/chat/${withCarol.id}`);
    await expect.poll(badge).toBe(0);
    await page.context().close();
  });

  it("a sound is heard with what is announced, and none once that is switched off", async () => {
    let asked = async (): Promise<Asked> => ({ notes: 0, badges: [] });
    const page = await opened(async (page) => {
      asked = await watchAsked(page);
    });
    const notes = async () => (await asked()).notes;
    const announced = page.getByRole("status").getByText("Carol: New message");
    await go(page, "/settings/notifications");
    // Browsers play nothing before somebody has touched the page.
    const sound = page.getByRole("switch", { name: "Play a sound" });
    await sound.click();
    await sound.click();
    await withCarol.send("Heard");
    await announced.waitFor();
    await expect.poll(notes).toBe(2);
    await alice.tacit.chats.get(withCarol.id)?.markRead();
    await announced.waitFor({ state: "detached" });
    await sound.click();
    await withCarol.send("Unheard");
    await announced.waitFor();
    await alice.tacit.chats.get(withCarol.id)?.markRead();
    await announced.waitFor({ state: "detached" });
    expect(await notes()).toBe(2);
    await sound.click();
    await withCarol.send("Heard again");
    await announced.waitFor();
    await expect.poll(notes).toBe(4);
    await page.context().close();
  });

  it("pressing what the system shows opens that chat, and it is gone from there", async () => {
    const page = await opened(async () => undefined);
    await lookAway(page);
    await withBob.send("Press here");
    await expect.poll(() => outside(page)).toEqual(["Bob"]);
    const [worker] = page.context().serviceWorkers();
    if (!worker) throw new Error("there is no service worker");
    await worker.evaluate(async () => {
      const registration: ServiceWorkerRegistration = Reflect.get(globalThis, "registration");
      const [notification] = await registration.getNotifications();
      const Click: new (type: string, about: object) => Event = Reflect.get(globalThis, "NotificationEvent");
      dispatchEvent(new Click("notificationclick", { notification }));
    });
    await expect.poll(() => page.url()).toContain(`#/chat/${withBob.id}`);
    await page.getByRole("article").getByText("Press here").waitFor();
    await expect.poll(() => outside(page)).toEqual([]);
    await page.context().close();
  });

  it("without Web Locks new messages are announced as well, in the page and by the system", async () => {
    const page = await opened(async (page) => {
      await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "locks"));
    });
    expect(await page.evaluate(() => "locks" in navigator)).toBe(false);
    await withBob.send("To the page");
    await page.getByRole("status").getByText("Bob: New message").waitFor();
    await lookAway(page);
    await withCarol.send("To the system");
    await expect.poll(() => outside(page)).toEqual(["Carol"]);
    await page.context().close();
  });
});
