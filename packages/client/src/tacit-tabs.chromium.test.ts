import { startTestServer, type TestServer } from "@tacit/testkit";
import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { newNames, newPassword } from "./account/fixtures/device.ts";
import { inChromium, openBeside } from "./crypto/fixtures/chromium.ts";
import { newDevice } from "./fixtures/attacked.ts";
import { newPerson } from "./fixtures/person.ts";
import type {} from "./fixtures/tabs-page.ts";
import { DELAYS } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import { memory, type Tacit } from "./index.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the SDK in several tabs of a browser, because ${HOW_TO_RUN}`);

/** What a web app may allow itself at most: no inline script, no eval, nothing from elsewhere but the server. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src http://127.0.0.1:* ws://127.0.0.1:*",
].join("; ");

const PAGE = new URL("./fixtures/tabs-page.ts", import.meta.url);

/** A page, and the WebSockets that it has opened. */
interface Tab {
  readonly page: Page;
  readonly sockets: { isOpen: boolean }[];
}

describe.runIf(chromium)("several tabs of a browser", { timeout: 60_000 }, () => {
  let origin: Page;
  let finish: () => void = () => undefined;
  let browser: Promise<void> = Promise.resolve();
  let server: TestServer;
  let bob: Tacit;
  let myUsername: string;
  let credentials: { server: string; login: string; password: string };
  const errors: string[] = [];
  const tabs: Tab[] = [];

  beforeAll(async () => {
    origin = await new Promise<Page>((opened, failed) => {
      browser = inChromium(
        PAGE,
        async (page) => {
          opened(page);
          await new Promise<void>((finished) => {
            finish = finished;
          });
        },
        POLICY,
      );
      browser.catch(failed);
    });
    server = await startTestServer({ corsAllowOrigins: [new URL(origin.url()).origin] });
    bob = await newDevice(await newPerson(server, "Bob"), server, memory(), DELAYS);
    const { login, username } = newNames();
    myUsername = username;
    credentials = { server: server.url, login, password: newPassword() };
    const { page } = await openTab();
    await page.evaluate((options) => app.register(options), { ...credentials, username });
    await page.close();
  }, 120_000);
  afterEach(async () => {
    for (const { page } of tabs.splice(0)) {
      if (page.isClosed()) continue;
      expect(await page.evaluate(() => app.violations)).toEqual([]);
      await page.close();
    }
    expect(errors).toEqual([]);
  });
  afterAll(async () => {
    await bob.close();
    finish();
    await browser;
    await server.close();
  }, 60_000);

  async function openTab(): Promise<Tab> {
    const page = await openBeside(origin);
    const tab: Tab = { page, sockets: [] };
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("websocket", (socket) => {
      const state = { isOpen: true };
      tab.sockets.push(state);
      socket.on("close", () => {
        state.isOpen = false;
      });
    });
    tabs.push(tab);
    return tab;
  }

  async function openAccount(): Promise<Tab> {
    const tab = await openTab();
    expect(await tab.page.evaluate(() => app.open())).toBeUndefined();
    return tab;
  }

  const call = (tab: Tab, name: "sees" | "send", chatId: number, text: string) =>
    tab.page.evaluate(([name, chatId, text]) => app[name](chatId, text), [name, chatId, text] as const);
  const texts = (tab: Tab, chatId: number) => tab.page.evaluate((id) => app.texts(id), chatId);
  const openSockets = () =>
    tabs
      .filter(({ page }) => !page.isClosed())
      .flatMap(({ sockets }) => sockets)
      .filter(({ isOpen }) => isOpen).length;

  /** A chat of their own for each test. */
  async function newChat(): Promise<number> {
    return (await bob.chats.createGroup({ title: "Tabs", members: [myUsername] })).id;
  }

  const bobSees = (chatId: number, text: string) =>
    until(bob, async () =>
      (await bob.chats.get(chatId)?.messages())?.find((message) => message.text === text && message.verified),
    );

  test("share one connection, and all show what is written in any of them, and what comes", async () => {
    const [first, second] = [await openAccount(), await openAccount()];
    const chat = await newChat();
    await call(first, "send", chat, "from the first");
    await call(second, "send", chat, "from the second");
    for (const text of ["from the first", "from the second"]) {
      await bobSees(chat, text);
      for (const tab of [first, second]) await call(tab, "sees", chat, text);
    }
    await bob.chats.get(chat)?.send("from Bob");
    for (const tab of [first, second]) {
      await call(tab, "sees", chat, "from Bob");
      await tab.page.waitForFunction(() => app.arrived().includes("from Bob"));
      expect(await texts(tab, chat)).toEqual(["from the first", "from the second", "from Bob"]);
      expect(await tab.page.evaluate(() => app.search("second"))).toEqual(["from the second"]);
    }
    expect([first.sockets.length, second.sockets.length]).toEqual([1, 0]);
  });

  test("when the tab that was connected is closed, another goes on: nothing is lost, nothing twice", async () => {
    const [first, second] = [await openAccount(), await openAccount()];
    const chat = await newChat();
    const written: string[] = [];
    const write = async (tab: Tab, text: string) => {
      written.push(text);
      await call(tab, "send", chat, text);
    };
    for (let count = 0; count < 10; count++) await write(count % 2 ? first : second, `before ${count}`);
    await first.page.close({ runBeforeUnload: false });
    for (let count = 0; count < 10; count++) await write(second, `after ${count}`);
    await bobSees(chat, "after 9");
    await bob.chats.get(chat)?.send("all here");
    await call(second, "sees", chat, "all here");
    expect(await texts(second, chat)).toEqual([...written, "all here"]);
    const onBobs = await bob.chats.get(chat)?.messages({ limit: 200 });
    expect(onBobs?.map(({ text }) => text)).toEqual([...written, "all here"]);
    expect(second.sockets.length).toBe(1);
    await expect.poll(openSockets).toBe(1);
  });

  test("a tab that is loaded again is signed in, and has everything", async () => {
    const first = await openAccount();
    const chat = await newChat();
    await call(first, "send", chat, "before the reload");
    await bobSees(chat, "before the reload");
    await first.page.reload({ waitUntil: "load" });
    expect(await first.page.evaluate(() => app.open())).toBeUndefined();
    await first.page.evaluate(() => app.ready());
    expect(await texts(first, chat)).toEqual(["before the reload"]);
    await call(first, "send", chat, "after it");
    await bobSees(chat, "after it");
  });

  test("a large file goes through workers, both ways", async () => {
    const [first, second] = [await openAccount(), await openAccount()];
    const chat = await newChat();
    const size = 3 * 1024 * 1024 + 1;
    await second.page.evaluate(([id, octets]) => app.sendFile(id, "mine", octets), [chat, size] as const);
    const received = await bobSees(chat, "mine");
    expect((await received.attachments[0]?.blob())?.size).toBe(size);
    const expected = Uint8Array.from({ length: size }, (_, at) => at % 251).reduce(
      (sum, octet) => sum + octet,
      0,
    );
    for (const { page } of [first, second])
      expect(await page.evaluate((id) => app.fileOf(id, "mine"), chat)).toEqual({ size, sum: expected });
  });

  test.each([
    ["that is connected", 0],
    ["that is not", 1],
  ])("signing out in the tab %s ends the others, and leaves nothing", async (_, at) => {
    const both = [await openTab(), await openTab()];
    const [first, second] = both;
    if (!first || !second) throw new Error("there are no tabs");
    expect(await first.page.evaluate(() => app.open())).toBeUndefined();
    expect(await second.page.evaluate(() => app.open())).toBeUndefined();
    const other = both[1 - at] ?? first;
    expect(await both[at]?.page.evaluate(() => app.signOut())).toBeUndefined();
    await other.page.evaluate(() => app.ended());
    await expect.poll(openSockets).toBe(0);
    for (const { page } of both) expect(await page.evaluate(() => app.open())).toBe("store_empty");
    // For the tests that come after.
    await other.page.evaluate((options) => app.login(options), credentials);
    await other.page.evaluate(() => app.ready());
  });
});
