import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inChromium, openBeside } from "../crypto/fixtures/chromium.ts";
import type { Answer, Behaviour } from "./fixtures/page.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what several tabs of a browser do together, because ${HOW_TO_RUN}`);

const PAGE = new URL("./fixtures/page.ts", import.meta.url);

describe.runIf(chromium)("tabs of one account", { timeout: 120_000 }, () => {
  let origin: Page;
  let finish: () => void = () => undefined;
  let browser: Promise<void> = Promise.resolve();
  beforeAll(
    () =>
      new Promise<void>((opened, failed) => {
        browser = inChromium(PAGE, async (page) => {
          origin = page;
          opened();
          await new Promise<void>((finished) => {
            finish = finished;
          });
        });
        browser.catch(failed);
      }),
    120_000,
  );
  afterAll(async () => {
    finish();
    await browser;
  }, 60_000);

  const name = () => expect.getState().currentTestName ?? "";
  /** Opens a tab that takes its part: the first is the writer. */
  const openTab = async (label: string, behaviour?: Behaviour): Promise<Page> => {
    const page = await openBeside(origin);
    expect(await join(page, label, behaviour)).toEqual({ value: undefined });
    return page;
  };
  const join = (page: Page, label: string, behaviour: Behaviour = {}): Promise<Answer> =>
    page.evaluate(([of, as, how]) => globalThis.join(of, as, how), [name(), label, behaviour] as const);
  const whoAnswers = async (page: Page): Promise<unknown> =>
    (await page.evaluate(() => ask("safetyNumber", 5))).value;

  const asked = (page: Page, userId: number) =>
    page.waitForFunction((id) => log.begun.includes(`safetyNumber ${id}`), userId);

  test("what is asked in any tab is carried out in the first", async () => {
    const [first, second, third] = [await openTab("first"), await openTab("second"), await openTab("third")];
    for (const page of [first, second, third]) expect(await whoAnswers(page)).toBe("first 5");
    expect(await second.evaluate(() => log.begun)).toEqual([]);
  });

  test("a tab of another account is not asked", async () => {
    await openTab("first");
    const stranger = await openBeside(origin);
    await stranger.evaluate(() => globalThis.join("another", "stranger"));
    expect(await whoAnswers(stranger)).toBe("stranger 5");
  });

  test("changes are heard in all tabs, each once", async () => {
    const [first, second, third] = [await openTab("first"), await openTab("second"), await openTab("third")];
    await second.evaluate(() => ask("markRead", 7, undefined));
    await first.evaluate(() => tell({ kind: "sync", state: "up_to_date" }));
    const changes = [
      { kind: "chats", chatIds: [7] },
      { kind: "sync", state: "up_to_date" },
    ];
    for (const page of [first, second, third]) {
      await page.waitForFunction(() => log.heard.some(({ kind }) => kind === "sync"));
      // What the first tab told before it answers has come by then.
      await whoAnswers(page);
      expect(await page.evaluate(() => log.heard)).toEqual(changes);
    }
  });

  test("when the first leaves, the next carries out what was asked meanwhile, of both", async () => {
    const first = await openTab("first", { hangs: true });
    const [second, third] = [await openTab("second"), await openTab("third")];
    const own = second.evaluate(() => ask("safetyNumber", 1));
    const others = third.evaluate(() => ask("safetyNumber", 2));
    await asked(first, 1);
    await asked(first, 2);
    expect(await first.evaluate(() => leave())).toEqual({ value: undefined });
    expect(await own).toEqual({ value: "second 1" });
    expect(await others).toEqual({ value: "second 2" });
    expect(await whoAnswers(third)).toBe("second 5");
    // What a writer tells while it closes is heard too.
    await third.waitForFunction(() => log.heard.length > 0);
    expect(await third.evaluate(() => log.heard)).toEqual([{ kind: "notices", chatId: 99 }]);
  });

  test("when the first vanishes, the next carries out what was asked meanwhile, and so on", async () => {
    const first = await openTab("first", { hangs: true });
    const second = await openTab("second", { hangs: true });
    const third = await openTab("third");
    const asking = third.evaluate(() => ask("safetyNumber", 1));
    await asked(first, 1);
    await first.close({ runBeforeUnload: false });
    await asked(second, 1);
    await second.close({ runBeforeUnload: false });
    expect(await asking).toEqual({ value: "third 1" });
    expect(await whoAnswers(third)).toBe("third 5");
  });

  test("a tab that is loaded again joins anew", async () => {
    const [first, second] = [await openTab("first"), await openTab("second")];
    await first.reload({ waitUntil: "load" });
    await second.waitForFunction(() => log.begun.includes("start"));
    await join(first, "first again");
    expect(await whoAnswers(first)).toBe("second 5");
  });

  test("what is asked before there is a writer waits for it", async () => {
    const first = await openBeside(origin);
    const joining = join(first, "first", { waits: true });
    await first.waitForFunction(() => log.begun.includes("start"));
    const second = await openTab("second");
    const asking = second.evaluate(() => ask("safetyNumber", 1));
    await first.evaluate(() => letStart());
    expect(await joining).toEqual({ value: undefined });
    expect(await asking).toEqual({ value: "first 1" });
  });

  test("errors arrive as what they are", async () => {
    const [first, second] = [await openTab("first"), await openTab("second")];
    for (const page of [first, second]) {
      const refused = await page.evaluate(() => ask("accept", 3));
      expect(refused.error).toEqual({
        name: "TacitError",
        message: "This key cannot be used",
        code: "unusable_key",
        details: { userIds: [3] },
      });
      const unread = await page.evaluate(() => ask("compareQr", 3, "x"));
      expect(unread.error).toMatchObject({ name: "CryptoError", code: "malformed" });
      const unknown = await page.evaluate(() => ask("retryConnection"));
      expect(unknown.error).toMatchObject({ name: "TacitError", code: "not_possible" });
    }
  });

  test("of an unforeseen error only the kind goes to another tab, and nothing hangs", async () => {
    await openTab("first");
    const second = await openTab("second");
    const unforeseen = await second.evaluate(() => ask("setVerified", 3, true));
    expect(unforeseen.error).toEqual({ name: "Error", message: "Another tab failed: TypeError" });
    const unsendable = await second.evaluate(() => ask("contact", 3));
    expect(unsendable.error).toMatchObject({ message: "Another tab failed: DataCloneError" });
    expect((await second.evaluate(() => askWithFunction())).error?.name).toBe("DataCloneError");
  });

  test("who leaves hears that what is open and what comes later is closed", async () => {
    const first = await openTab("first", { hangs: true });
    const second = await openTab("second");
    for (const [page, id] of [
      [second, 1],
      [first, 2],
    ] as const) {
      const asking = page.evaluate((userId) => ask("safetyNumber", userId), id);
      await asked(first, id);
      expect(await page.evaluate(() => Promise.all([leave(), leave()]))).toHaveLength(2);
      expect((await asking).error?.code).toBe("closed");
      expect((await page.evaluate(() => ask("safetyNumber", 5))).error?.code).toBe("closed");
    }
    const next = await openTab("next");
    expect(await whoAnswers(next)).toBe("next 5");
  });

  test("who leaves the line is passed over", async () => {
    const [first, second, third] = [await openTab("first"), await openTab("second"), await openTab("third")];
    await second.evaluate(() => leave());
    await first.evaluate(() => leave());
    expect(await whoAnswers(third)).toBe("third 5");
    expect(await second.evaluate(() => log.begun)).toEqual([]);
  });

  test("a tab that cannot start says so, and the next leads", async () => {
    const damaged = await openBeside(origin);
    const answer = await join(damaged, "damaged", { fails: true });
    expect(answer.error?.code).toBe("store_damaged");
    const first = await openTab("first");
    const second = await openTab("second", { fails: true });
    const third = await openTab("third");
    await first.evaluate(() => leave());
    expect(await whoAnswers(third)).toBe("third 5");
    expect(await second.evaluate(() => log.failures)).toMatchObject([{ code: "store_damaged" }]);
    expect(await whoAnswers(second)).toBe("third 5");
  });

  test("who leaves while it starts gives the lock to the next", async () => {
    const first = await openTab("first");
    const second = await openTab("second", { waits: true });
    const third = await openTab("third");
    await first.evaluate(() => leave());
    await second.waitForFunction(() => log.begun.includes("start"));
    const leaving = second.evaluate(() => leave());
    await second.evaluate(() => letStart());
    expect(await leaving).toEqual({ value: undefined });
    expect(await whoAnswers(third)).toBe("third 5");
  });

  test("a browser without Web Locks has each tab lead by itself", async () => {
    const pages = [await openBeside(origin), await openBeside(origin)];
    for (const page of pages) {
      await page.evaluate(() => Object.defineProperty(navigator, "locks", { value: undefined }));
      await join(page, page === pages[0] ? "first" : "second");
    }
    expect(await Promise.all(pages.map(whoAnswers))).toEqual(["first 5", "second 5"]);
    for (const page of pages) expect(await page.evaluate(() => leave())).toEqual({ value: undefined });
  });
});
