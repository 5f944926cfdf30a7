import { memory, Tacit } from "@tacit/client";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { go } from "../fixtures/go.ts";
import {
  HOW_TO_RUN,
  hasChromium,
  type Person,
  signIn,
  startWebTown,
  type WebTown,
} from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: passwords, words and leaving in a browser, because ${HOW_TO_RUN}`);

const NEW_PASSWORD = "Copper heron under nine bridges";

describe.runIf(chromium)("passwords, words and leaving", { timeout: 60_000 }, () => {
  let town: WebTown;
  const devices: Tacit[] = [];
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(async () => {
    await Promise.all(devices.map((tacit) => tacit.close()));
    await town.close();
  });
  afterEach(() => expect(town.problems).toEqual([]));

  const entrance = () => ({ server: town.server.url, storage: memory() });
  const kept = (tacit: Tacit) => {
    devices.push(tacit);
    return tacit;
  };

  it("after a change of the password other devices are signed out, and the new one opens the account", async () => {
    const alice = await town.person("Alice");
    const page = await alice.open({ path: "/settings/password" });
    const current = page.getByLabel("Current password", { exact: true });
    await current.fill("Not my password at all");
    await page.getByLabel("New password", { exact: true }).fill(NEW_PASSWORD);
    const change = page.getByRole("button", { name: "Change the password" });
    await change.click();
    await page.getByRole("alert").getByText("The password is wrong.").waitFor();
    expect(await current.inputValue()).toBe("Not my password at all");
    expect(alice.tacit.signedOut).toBe(false);
    await current.fill(alice.password);
    await change.click();
    await page.getByText("Your password is changed. All your other devices are signed out.").waitFor();
    await expect.poll(() => alice.tacit.signedOut).toBe(true);
    const { login } = alice;
    await expect(Tacit.login({ ...entrance(), login, password: alice.password })).rejects.toMatchObject({
      code: "invalid_credentials",
    });
    kept(await Tacit.login({ ...entrance(), login, password: NEW_PASSWORD }));
  });

  it("a password that is easy to guess is refused at its field", async () => {
    const alice = await town.person("Alice");
    const page = await alice.open({ path: "/settings/password" });
    await page.getByLabel("Current password", { exact: true }).fill(alice.password);
    const field = page.getByLabel("New password", { exact: true });
    await field.fill("password1");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByRole("alert").getByText("This password is too easy to guess.").waitFor();
    expect(await field.inputValue()).toBe("password1");
    expect(alice.tacit.signedOut).toBe(false);
  });

  /** Asks for new words and writes them down. */
  async function newWords(page: Page, { password }: Person): Promise<string[]> {
    await page.getByRole("button", { name: "Make new words" }).click();
    await page.getByLabel("Your password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Make new words" }).click();
    const list = page.getByRole("list", { name: "Recovery words" }).getByRole("listitem");
    await expect.poll(() => list.count()).toBe(12);
    expect(await seriousViolations(page)).toEqual([]);
    return await list.allInnerTexts();
  }

  it("new recovery words open the account once they are proven, and the old ones no longer do", async () => {
    const alice = await town.person("Alice");
    const page = await alice.open({ path: "/settings/recovery" });
    const words = await newWords(page, alice);
    expect(words).not.toEqual(alice.words);
    await page.getByRole("button", { name: "I have kept them" }).click();
    const fields = page.getByLabel(/^Word \d+$/);
    await fields.first().waitFor();
    const use = page.getByRole("button", { name: "Use these words from now on" });
    await fields.first().fill("wrong");
    await use.click();
    await page.getByText("That is not the word at this place. Look at your list.").waitFor();
    const places = await page
      .locator("label")
      .filter({ hasText: /^Word \d+$/ })
      .allInnerTexts();
    for (const place of places)
      await page.getByLabel(place, { exact: true }).fill(words[Number(place.slice(5)) - 1] ?? "");
    await use.click();
    await page.getByText("Your new recovery words are in force.").waitFor();
    const recovery = { ...entrance(), login: alice.login, newPassword: NEW_PASSWORD };
    await expect(Tacit.recover({ ...recovery, words: alice.words.join(" ") })).rejects.toMatchObject({
      code: "invalid_recovery",
    });
    const recovered = kept(await Tacit.recover({ ...recovery, ...entrance(), words: words.join(" ") }));
    expect(recovered.id).toBe(alice.tacit.id);
  });

  it("words that are not proven change nothing", async () => {
    const alice = await town.person("Alice");
    const page = await alice.open({ path: "/settings/recovery" });
    await newWords(page, alice);
    await page.reload();
    await page.getByRole("button", { name: "Make new words" }).waitFor();
    const words = alice.words.join(" ");
    kept(await Tacit.recover({ ...entrance(), login: alice.login, words, newPassword: NEW_PASSWORD }));
  });

  it("keys are replaced with the words of the account, and messages still arrive", async () => {
    const [alice, bob] = [await town.person("Alice"), await town.person("Bob")];
    const page = await alice.open({ path: "/settings/recovery" });
    const before = (await alice.tacit.account.profile()).key_version;
    await page.getByRole("button", { name: "Replace the keys" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password", { exact: true }).fill(alice.password);
    const field = dialog.getByLabel("Recovery words", { exact: true });
    await field.fill(bob.words.join(" "));
    await dialog.getByRole("button", { name: "Replace the keys" }).click();
    await dialog.getByText("The login or the recovery words are wrong.").waitFor();
    await field.fill(alice.words.join(" "));
    await dialog.getByRole("button", { name: "Replace the keys" }).click();
    await page.getByText("Your keys are replaced.").waitFor();
    expect((await alice.tacit.account.profile()).key_version).toBe(before + 1);
    const chat = await bob.tacit.chats.withUser(alice.tacit.me);
    await chat.send("Written to the new key");
    await page.getByRole("link", { name: /Written to the new key/ }).waitFor();
  });

  const databases = (page: Page) =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));

  it("signing out names what is not sent, and leaves nothing of the account on the device", async () => {
    const [alice, bob] = [await town.person("Alice"), await town.person("Bob")];
    const chat = await bob.tacit.chats.withUser(alice.tacit.me);
    await chat.send("A letter to remember");
    const page = await alice.open();
    await page.getByRole("link", { name: /A letter to remember/ }).click();
    await page.context().setOffline(true);
    const field = page.getByRole("textbox", { name: "Message", exact: true });
    await field.fill("This one waits");
    await field.press("Enter");
    await page.getByRole("article").getByText("This one waits").waitFor();
    expect(await databases(page)).not.toEqual([]);
    await page.evaluate(() => {
      location.hash = "/settings/leaving";
    });
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 message is not sent yet. It would be lost.").waitFor();
    await page.context().setOffline(false);
    await expect.poll(() => dialog.getByText("is not sent yet").count()).toBe(0);
    await dialog.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    expect(await databases(page)).toEqual([]);
    await signIn(page, alice);
    await page.getByRole("link", { name: /This one waits/ }).waitFor();
  });

  const choices = (page: Page) =>
    page.evaluate(() =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith("tacit."))
        .sort(),
    );

  it("what is chosen for the device stays after signing out, and what tells of the person does not", async () => {
    const [alice, bob] = [await town.person("Alice"), await town.person("Bob")];
    const { id } = await alice.tacit.chats.withUser(bob.username);
    const page = await alice.open({ path: `/chat/${id}` });
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("searchbox", { name: "Search emoji" }).fill("sailboat");
    await page.getByRole("gridcell", { name: "Sailboat" }).click();
    await page.keyboard.press("Escape");
    await go(page, "/settings/notifications");
    await page.getByRole("switch", { name: "Play a sound" }).click();
    await go(page, "/settings/appearance");
    await page.getByRole("radio", { name: "Dark" }).click();
    expect(await choices(page)).toEqual(["tacit.emoji.recent", "tacit.notifications", "tacit.theme"]);
    await go(page, "/settings/leaving");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    expect(await choices(page)).toEqual(["tacit.theme"]);
    await signIn(page, bob);
    await go(page, "/settings/notifications");
    await page.getByRole("switch", { name: "Play a sound", checked: true }).waitFor();
  });

  it("nobody is told that everything is gone while a tab that hangs keeps it, and it goes with that tab", async () => {
    const alice = await town.person("Alice");
    const page = await alice.open({ path: "/settings/leaving" });
    const hanging = await page.context().newPage();
    await hanging.goto(page.url());
    await hanging.getByRole("button", { name: "Sign out", exact: true }).waitFor();
    // It does not hear that it is to close what it has open.
    await hanging.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.open("tacit").onsuccess = resolve;
        }),
    );
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { name: "Tacit is open already" }).waitFor();
    await page
      .getByText("Another window or program on this device has your account open. Close it, then try again.")
      .waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await databases(page)).toEqual(["tacit"]);
    await hanging.close();
    await page.getByRole("button", { name: "Try again" }).click();
    // What is kept here was opened anew, and holds nobody.
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  });

  it("a deleted account is gone, after its password was asked for", async () => {
    const alice = await town.person("Alice");
    const page = await alice.open({ path: "/settings/notifications" });
    await page.getByRole("switch", { name: "Play a sound" }).click();
    expect(await choices(page)).toEqual(["tacit.notifications"]);
    await go(page, "/settings/leaving");
    await page.getByRole("button", { name: "Delete the account" }).click();
    const dialog = page.getByRole("dialog");
    expect(await seriousViolations(page)).toEqual([]);
    const field = dialog.getByLabel("Your password", { exact: true });
    await field.fill("Somebody else's guess");
    await field.press("Enter");
    await dialog.getByText("The password is wrong.").waitFor();
    await field.fill(alice.password);
    await dialog.getByRole("button", { name: "Delete the account" }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    expect(await databases(page)).toEqual([]);
    expect(await choices(page)).toEqual([]);
    const { login, password } = alice;
    await expect(Tacit.login({ ...entrance(), login, password })).rejects.toMatchObject({
      code: "invalid_credentials",
    });
  });
});
