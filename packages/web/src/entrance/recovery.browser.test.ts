import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { button, field, isIn, placeOf, proveWords, shownWords } from "./fixtures/forms.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: recovery words, in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("recovery words", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  /** Somebody who has just made an account and is shown the words. */
  async function newcomer(options: Parameters<WebTown["page"]>[0] = {}): Promise<Page> {
    const page = await town.page({ ...options, path: "/sign-up" });
    const id = randomUUID().slice(0, 8);
    await field(page, "Name").fill(`Nora ${id}`);
    await field(page, "Login").fill(`secret-${id}`);
    await field(page, "Password").fill(`Moss lantern ${id}`);
    await button(page, "Create account").click();
    await page.getByRole("heading", { name: "Your recovery words" }).waitFor();
    return page;
  }

  it("can be copied, saved and printed with the login and the server", async () => {
    const page = await newcomer({ permissions: ["clipboard-read", "clipboard-write"] });
    const words = await shownWords(page);
    await button(page, "Copy").click();
    await page.getByText("The words are copied.", { exact: false }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(words.join(" "));

    const download = page.waitForEvent("download");
    await button(page, "Save as a file").click();
    const file = await readFile(await (await download).path(), "utf8");
    for (const [at, word] of words.entries()) expect(file).toContain(`${at + 1}. ${word}\n`);
    expect(file).toMatch(/Login: secret-/);
    expect(file).toContain(`Server: ${new URL(page.url()).origin}`);

    await page.emulateMedia({ media: "print" });
    expect(await button(page, "Copy").isVisible()).toBe(false);
    expect(await page.getByText(/^Login: secret-/).isVisible()).toBe(true);
    const printed = await page.evaluate(() => document.body.innerText);
    for (const word of words) expect(printed).toContain(word);
    expect(printed).not.toContain("I have kept them");
    await page.emulateMedia({ media: "screen" });
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it("are asked for: wrong ones are marked, and the list can be looked at again", async () => {
    const page = await newcomer({ viewport: PHONE });
    const words = await shownWords(page);
    await button(page, "I have kept them").click();
    const [first, ...others] = await page.getByLabel(/^Word \d+$/).all();
    if (!first) throw new Error("no word is asked for");
    await first.fill("wrong");
    for (const input of others) await input.fill(words[(await placeOf(input)) - 1] ?? "");
    await button(page, "Open Tacit").click();
    await page.getByText("That is not the word at this place. Look at your list.").waitFor();
    expect(await first.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await button(page, "Show the words again").click();
    expect(await shownWords(page)).toEqual(words);
    await proveWords(page, words);
    await isIn(page);
  }, 60_000);

  it("find their places when all twelve are pasted at once", async () => {
    const page = await newcomer({ permissions: ["clipboard-read", "clipboard-write"] });
    await button(page, "Copy").click();
    await page.getByText("The words are copied.", { exact: false }).waitFor();
    await button(page, "I have kept them").click();
    await page
      .getByLabel(/^Word \d+$/)
      .first()
      .focus();
    await page.keyboard.press("ControlOrMeta+V");
    await button(page, "Open Tacit").click();
    await isIn(page);
  }, 60_000);

  it("are shown and asked for again after a reload in the middle", async () => {
    const page = await newcomer();
    const words = await shownWords(page);
    await button(page, "I have kept them").click();
    await page.reload();
    await page.getByRole("heading", { name: "Your recovery words" }).waitFor();
    expect(await shownWords(page)).toEqual(words);
    await proveWords(page, words);
    await isIn(page);
    await page.reload();
    await isIn(page);
  }, 60_000);

  it("give an account a new password", async () => {
    const anna = await town.person("Anna");
    const page = await town.page();
    await field(page, "Login").fill(anna.login);
    await page.getByRole("link", { name: "I forgot my password" }).click();
    expect(await field(page, "Login").inputValue()).toBe(anna.login);

    const words = page.getByRole("textbox", { name: "Recovery words" });
    await words.fill(`${anna.words.slice(0, 10).join(" ")} xyzzy `);
    await page.getByText("Not recovery words: xyzzy.", { exact: false }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const password = `Willow copper ${randomUUID()}`;
    await field(page, "New password").fill(password);
    await button(page, "Recover account").click();
    await page.getByText("A recovery key has twelve words.").waitFor();
    await words.fill(`${anna.words.slice(0, 11).join(" ")} xyzzy`);
    await button(page, "Recover account").click();
    await page.getByText("At least one of these is not a recovery word.", { exact: false }).waitFor();
    const swapped = [...anna.words.slice(6), ...anna.words.slice(0, 6)];
    await words.fill(swapped.join(" "));
    await button(page, "Recover account").click();
    await page.getByText(/One of these words is wrong|The login or the recovery words are wrong/).waitFor();
    await words.fill(anna.words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join("\n"));
    await page.getByText("12 of 12 words").waitFor();
    await button(page, "Recover account").click();
    await isIn(page);
  }, 60_000);
});
