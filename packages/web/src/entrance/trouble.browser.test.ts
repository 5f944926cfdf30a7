import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, startWebTown, type WebTown } from "../fixtures/town.ts";
import { button, isIn } from "./fixtures/forms.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what keeps the app from opening, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("what keeps the app from opening", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown({}, ["--host-resolver-rules=MAP chat.example 127.0.0.1"]);
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("over plain http says why nothing can be encrypted, and how to get https", async () => {
    const { port } = new URL(town.server.url);
    const page = await town.page({ origin: `http://chat.example:${port}` });
    await page.getByRole("heading", { name: "This page is not safe yet" }).waitFor();
    await page.getByText(`chat.example reverse_proxy localhost:${port}`).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it("with a damaged storage offers to remove what is there and to sign in again", async () => {
    const anna = await town.person("Anna");
    const page = await anna.open();
    // From a page on which nothing of the app runs, so that nobody has the storage open.
    await page.goto(`${new URL(page.url()).origin}/favicon.svg`);
    await page.evaluate(loseTheKey);
    await page.goto(`${new URL(page.url()).origin}/#/`);
    await page.getByRole("heading", { name: "What is on this device cannot be read" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await button(page, "Remove what is on this device and sign in again").click();
    await page.getByRole("dialog").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await button(page, "Remove everything").click();
    await page.getByText("Everything of your account has been removed from this device.").waitFor();
    await page.getByLabel("Login", { exact: true }).fill(anna.login);
    await page.getByLabel("Password", { exact: true }).fill(anna.password);
    await button(page, "Sign in").click();
    await isIn(page);
  }, 60_000);

  it("is there as soon as its words can be fetched, in its own language and no other", async () => {
    const context = await town.browser.newContext({ locale: "ru" });
    const asked: string[] = [];
    await context.route(/\/assets\/(en|ru)-[^/]*\.js$/, (route) => {
      asked.push(/(en|ru)-/.exec(route.request().url())?.[1] ?? "");
      return asked.length === 1 ? route.abort("connectionrefused") : route.continue();
    });
    const page = await context.newPage();
    await page.goto(town.server.url.replace("127.0.0.1", "localhost"));
    await button(page, "Войти").waitFor();
    expect(asked).toEqual(["ru", "ru"]);
    await context.close();
  }, 60_000);

  it("in a browser that keeps nothing says so", async () => {
    const page = await town.page({ path: "/" });
    await page.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
    await page.reload();
    await page.getByRole("heading", { name: "This browser keeps nothing" }).waitFor();
    await button(page, "Reload the page").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);
});

/** As when a browser's profile is broken. */
function loseTheKey(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("tacit");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const clearing = opening.result.transaction("keys", "readwrite");
      clearing.objectStore("keys").clear();
      clearing.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  });
}
