import { randomUUID } from "node:crypto";
import { TestClient } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, signIn, startWebTown, type WebTown } from "../fixtures/town.ts";
import { button, field, isIn, proveWords, shownWords } from "./fixtures/forms.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: accounts of old clients, in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("an account of an old client", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("is brought over once its owner agrees that the server may learn the password", async () => {
    const { login, password } = (await TestClient.register(town.server)).identity;
    const page = await town.page();
    await page.getByRole("link", { name: "My account was made by an old client" }).click();
    await page.getByText("could then learn your present password", { exact: false }).waitFor();
    await field(page, "Login").fill(login);
    await field(page, "Present password").fill(password);
    const fresh = `Willow copper ${randomUUID()}`;
    await field(page, "New password (recommended)").fill(fresh);
    await button(page, "Bring my account over").click();
    await page.getByText("Without this your account cannot be brought over.").waitFor();
    const consent = page.getByRole("checkbox", { name: /the server may learn my present password once/ });
    expect(await consent.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await consent.check();
    await button(page, "Bring my account over").click();
    await page.getByRole("heading", { name: "Your recovery words" }).waitFor();
    await proveWords(page, await shownWords(page));
    await isIn(page);
    await signIn(await town.page(), { login, password: fresh });
  }, 60_000);

  it("that is none is told to sign in as usual, or that the password is wrong", async () => {
    const page = await town.page({ path: "/old-account" });
    await field(page, "Login").fill("nobody-at-all");
    await field(page, "Present password").fill("Moss lantern gravel 77");
    await page.getByRole("checkbox").check();
    await button(page, "Bring my account over").click();
    await page.getByText("The login or the password is wrong.").waitFor();
  }, 60_000);
});
