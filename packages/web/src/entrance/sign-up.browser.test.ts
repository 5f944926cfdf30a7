import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, signIn, startWebTown, type WebTown } from "../fixtures/town.ts";
import { button, field, isIn, proveWords, shownWords } from "./fixtures/forms.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: signing up, in a browser, because ${HOW_TO_RUN}`);

/** Somebody who has no account yet. */
function stranger(name: string) {
  const id = randomUUID().slice(0, 8);
  return { name: `${name} ${id}`, login: `secret-${id}`, password: `Moss lantern ${id} gravel` };
}

async function fillIn(page: Page, { name, login, password }: ReturnType<typeof stranger>) {
  await field(page, "Name").fill(name);
  await field(page, "Login").fill(login);
  await field(page, "Password").fill(password);
}

describe.runIf(chromium)("signing up", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("makes an account, shows its words, has them proven, and opens", async () => {
    const nora = stranger("Nora");
    const page = await town.page();
    await page.getByRole("link", { name: "Create an account" }).click();
    await fillIn(page, nora);
    expect(await field(page, "Username").inputValue()).toBe(nora.name.toLowerCase().replace(" ", "."));
    await button(page, "Create account").click();
    await page.getByRole("heading", { name: "Your recovery words" }).waitFor();
    const words = await shownWords(page);
    expect(words).toHaveLength(12);
    await proveWords(page, words);
    await isIn(page);
    const elsewhere = await town.page();
    await signIn(elsewhere, nora);
  }, 60_000);

  it("tells live how hard the password is to guess, and takes a weak one only if that is meant", async () => {
    const page = await town.page({ path: "/sign-up" });
    const nora = stranger("Nora");
    await fillIn(page, { ...nora, password: "short1" });
    const strength = page.getByRole("meter", { name: "Strength of the password" });
    await page.getByText("It needs at least 8 characters.").waitFor();
    await field(page, "Password").fill("password1");
    await page.getByText("This is a common password.").waitFor();
    expect(Number(await strength.getAttribute("value"))).toBeLessThan(3);
    expect(await seriousViolations(page)).toEqual([]);
    await field(page, "Password").fill(`${nora.login}!`);
    await page.getByText("It should not contain your login, your name or your username.").waitFor();
    await field(page, "Password").fill(nora.password);
    await page.getByText("Very strong").waitFor();
    expect(await page.getByRole("checkbox").count()).toBe(0);
    await field(page, "Password").fill("password1");
    await button(page, "Create account").click();
    await page.getByText("This password is too easy to guess. Choose a longer one.").waitFor();
    expect(await field(page, "Password").evaluate((input) => input === document.activeElement)).toBe(true);
    await page.getByRole("checkbox", { name: "Use this password although it is easy to guess" }).check();
    await button(page, "Create account").click();
    await page.getByRole("heading", { name: "Your recovery words" }).waitFor();
  }, 60_000);

  it("says at its field that a name is taken", async () => {
    const anna = await town.person("Anna");
    const page = await town.page({ path: "/sign-up" });
    await fillIn(page, { ...stranger("Nora"), login: anna.login });
    await button(page, "Create account").click();
    const refused = page.getByRole("textbox", { description: /Somebody has this login already/ });
    expect(await refused.getAttribute("name")).toBe("login");
    await field(page, "Login").fill(stranger("Nora").login);
    await field(page, "Username").fill(anna.username);
    await button(page, "Create account").click();
    const taken = page.getByRole("textbox", { description: /Somebody has this username already/ });
    expect(await taken.getAttribute("name")).toBe("public-name");
  }, 60_000);

  it("refuses a login that is the username, which everybody may know", async () => {
    const page = await town.page({ path: "/sign-up" });
    await fillIn(page, { ...stranger("Nora"), name: "Nora", login: "NORA" });
    await button(page, "Create account").click();
    await page.getByText("Choose something else than your username", { exact: false }).waitFor();
  }, 60_000);
});

describe.runIf(chromium)("signing up where not everybody may", () => {
  it("asks for an invitation when the server wants one, and takes the one of a link", async () => {
    await using town = await startWebTown({ registration: "invite" });
    const admin = await town.person("Ada");
    const { code } = await admin.tacit.admin.createInvite();
    const page = await town.page({ path: "/sign-up" });
    await fillIn(page, stranger("Nora"));
    await button(page, "Create account").click();
    await page.getByText("This server takes new accounts by invitation only.", { exact: false }).waitFor();
    expect(await field(page, "Invite code").evaluate((input) => input === document.activeElement)).toBe(true);
    await field(page, "Invite code").fill("no-such-code");
    await button(page, "Create account").click();
    await page.getByText("This invite code is unknown, used up or expired.").waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    const invited = await town.page({ path: `/join/${code}` });
    expect(await field(invited, "Invite code").inputValue()).toBe(code);
    await fillIn(invited, stranger("Mia"));
    await button(invited, "Create account").click();
    await proveWords(invited, await shownWordsOf(invited));
    await isIn(invited);
    expect(town.problems).toEqual([]);
  }, 60_000);

  it("says that the server takes nobody new", async () => {
    await using town = await startWebTown({ registration: "closed" });
    const page = await town.page({ path: "/sign-up" });
    await fillIn(page, stranger("Nora"));
    await button(page, "Create account").click();
    await page.getByText("This server takes no new accounts.").waitFor();
    expect(town.problems).toEqual([]);
  }, 60_000);
});

async function shownWordsOf(page: Page): Promise<string[]> {
  await page.getByRole("heading", { name: "Your recovery words" }).waitFor();
  return await shownWords(page);
}
