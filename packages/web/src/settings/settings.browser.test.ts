import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { go } from "../fixtures/go.ts";
import {
  DESKTOP,
  HOW_TO_RUN,
  hasChromium,
  type Person,
  PHONE,
  startWebTown,
  type WebTown,
} from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the settings in a browser, because ${HOW_TO_RUN}`);

const SECTIONS = [
  ["profile", "Profile"],
  ["password", "Password"],
  ["recovery", "Recovery words"],
  ["sessions", "Devices"],
  ["notifications", "Notifications"],
  ["appearance", "Appearance"],
  ["storage", "Storage"],
  ["blocked", "Blocked people"],
  ["about", "About Tacit"],
  ["leaving", "Sign out and delete"],
] as const;

describe.runIf(chromium)("the settings", { timeout: 60_000 }, () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let page: Page;
  beforeAll(async () => {
    town = await startWebTown();
    const [one, other] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    [alice, bob] = [one, other];
    page = await alice.open({ colorScheme: "light" });
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("a new name, username and picture are seen by the other side", async () => {
    await bob.tacit.chats.withUser(alice.tacit.me);
    const seen = () => bob.tacit.people.get(alice.tacit.id);
    await go(page, "/settings/profile");

    await page.getByLabel("Name", { exact: true }).fill("Alice Liddell");
    await page.keyboard.press("Enter");
    await page.getByText("Your name is changed.").waitFor();
    await expect.poll(() => seen().nickname).toBe("Alice Liddell");

    const username = `liddell-${alice.username}`;
    await page.getByLabel("Username", { exact: true }).fill(username);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Your username is changed.").waitFor();
    await expect.poll(() => seen().username).toBe(username);

    const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 240, height: 180 } });
    const file = { name: "me.png", mimeType: "image/png", buffer: picture };
    await page.locator("main input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("Your picture is changed.").waitFor();
    await expect.poll(() => seen().avatarUrl).toContain("/avatars/");
    await page.getByRole("button", { name: "Remove the picture" }).click();
    await expect.poll(() => seen().avatarUrl).toBeUndefined();
  });

  it("a username that is taken is refused at its field, and what was typed stays", async () => {
    await go(page, "/settings/profile");
    const field = page.getByLabel("Username", { exact: true });
    await field.fill(bob.username);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Somebody has this username already.").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.inputValue()).toBe(bob.username);
    await page.getByLabel("Name", { exact: true }).fill("");
    await page.keyboard.press("Enter");
    await page.getByText("A name has 1 to 32 characters.").waitFor();
  });

  it("the login is hidden until somebody asks for it", async () => {
    await go(page, "/settings/profile");
    const field = page.getByLabel("Login", { exact: true });
    expect(await field.getAttribute("type")).toBe("password");
    await page.getByRole("button", { name: "Show the login" }).click();
    expect(await field.getAttribute("type")).toBe("text");
    expect(await field.inputValue()).toBe(alice.login);
  });

  it("devices are listed, one is signed out, then all others", async () => {
    const dora = await town.person("Dora");
    const other = await dora.open();
    const page = await dora.open({ path: "/settings/sessions" });
    const devices = page.getByRole("main").getByRole("listitem");
    await expect.poll(() => devices.count()).toBe(3);
    expect(await devices.first().innerText()).toContain("This device");
    expect(await devices.first().innerText()).toContain("Tacit Web");

    await page.getByRole("button", { name: "Sign out Node.js" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("Node.js is signed out.").waitFor();
    await expect.poll(() => dora.tacit.signedOut).toBe(true);
    await expect.poll(() => devices.count()).toBe(2);

    await page.getByRole("button", { name: "Sign out all other devices" }).click();
    await dialog.getByRole("button", { name: "Sign out all other devices" }).click();
    await page.getByText("You are signed in nowhere else.").waitFor();
    await other.getByRole("region", { name: "You have been signed out" }).waitFor();
  });

  it("colours, language and the size of text stay across a reload", async () => {
    await go(page, "/settings/appearance");
    const html = page.locator("html");
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByLabel("Dark", { exact: true }).check();
    expect(await html.getAttribute("data-theme")).toBe("dark");
    expect(await paper()).not.toBe(light);
    const fontSize = () => html.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    const normal = await fontSize();
    await page.getByLabel("Large", { exact: true }).check();
    expect(await fontSize()).toBeGreaterThan(normal);
    await page.getByLabel("Русский").check();
    await page.getByRole("heading", { name: "Оформление" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Оформление" }).waitFor();
    expect(await html.getAttribute("lang")).toBe("ru");
    expect(await html.getAttribute("data-theme")).toBe("dark");
    expect(await page.getByLabel("Крупный").isChecked()).toBe(true);
    expect(await fontSize()).toBeGreaterThan(normal);
    await page.getByLabel("Как в системе").check();
    await page.getByLabel("English").check();
    await page.getByRole("heading", { name: "Appearance" }).waitFor();
    expect(await paper()).toBe(light);
  });

  it("in Russian, every section speaks Russian", async () => {
    await go(page, "/settings/appearance");
    await page.getByLabel("Русский").check();
    const links = page.getByRole("navigation", { name: "Настройки" }).getByRole("link");
    await expect.poll(() => links.count()).toBeGreaterThanOrEqual(SECTIONS.length);
    for (const [name] of SECTIONS) {
      await go(page, `/settings/${name}`);
      const section = page.locator(`section[aria-labelledby="section-title"]`);
      await expect.poll(() => section.innerText()).toMatch(/[а-яё]{4}/i);
      // What is called the same in every language.
      const said = (await section.innerText()).replace(
        /Tacit( Web)?|English|MIT|Apache|Chrome|Linux|Node\.js|iPhone|iPad|Enter|Shift|Esc|Tab|Ctrl|MB|GB|kB/g,
        "",
      );
      const { nickname, username } = alice.tacit.me;
      const names = [nickname, username, bob.name, bob.username].join("|");
      expect(said.replace(new RegExp(names, "g"), "")).not.toMatch(/[a-z]{4}/i);
    }
    await go(page, "/settings/appearance");
    await page.getByLabel("English").check();
    await page.getByRole("heading", { name: "Appearance" }).waitFor();
  });

  it("old messages are removed from this device, and chats stay readable", async () => {
    const chat = await bob.tacit.chats.withUser(alice.tacit.me);
    for (let at = 0; at < 70; at++) await chat.send(`Letter ${at}`);
    await bob.tacit.flush();
    await go(page, "/settings/storage");
    await page.getByText(/\d.* of .*[MG]B/).waitFor();
    const hers = await expect
      .poll(() => alice.tacit.chats.get(chat.id)?.unread)
      .toBe(70)
      .then(() => alice.tacit.chats.get(chat.id));
    await hers?.markRead();
    const inList = page.getByRole("navigation", { name: "Chats" }).getByRole("link", { name: /Letter 69/ });
    await inList.waitFor();
    await page.getByRole("button", { name: "Remove old messages" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove old messages" }).click();
    await page.getByText("Old messages are removed from this device.").waitFor();
    await inList.click();
    await page.getByRole("article").getByText("Letter 69", { exact: true }).waitFor();
    const oldest = page.getByRole("article").getByText("Letter 0", { exact: true });
    await expect
      .poll(
        async () => {
          await page.getByRole("feed").hover();
          await page.mouse.wheel(0, -3000);
          return await oldest.count();
        },
        { timeout: 10_000 },
      )
      .toBe(1);
  });

  it("somebody who is blocked is listed, and can be unblocked", async () => {
    await alice.tacit.people.block(bob.tacit.me);
    await go(page, "/settings/blocked");
    await page.getByText(`@${bob.username}`).waitFor();
    await page.getByRole("button", { name: "Unblock Bob" }).click();
    await page.getByText("You have blocked nobody").waitFor();
    expect(await alice.tacit.people.blocked()).toEqual([]);
  });

  it("the documents of the protocol are where the page about Tacit says", async () => {
    await go(page, "/settings/about");
    const href = await page.getByRole("link", { name: /protocol/i }).getAttribute("href");
    const answer = await page.request.get(`${town.server.url}${href}`);
    expect(answer.status()).toBe(200);
  });

  it("on a phone, a list leads to a section and back, with the keyboard alone", async () => {
    await page.setViewportSize(PHONE);
    await go(page, "/settings");
    const link = page.getByRole("link", { name: "Devices" });
    await link.focus();
    await page.keyboard.press("Enter");
    const heading = page.getByRole("heading", { name: "Devices" });
    await expect.poll(() => heading.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await link.isVisible()).toBe(false);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => link.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("navigation", { name: "Chats" }).waitFor();
    await page.setViewportSize(DESKTOP);
  });

  it.each([
    ["a desktop", DESKTOP],
    ["a phone", PHONE],
  ])("axe finds nothing serious in any section on %s", { timeout: 120_000 }, async (_, viewport) => {
    await alice.tacit.people.block(bob.tacit.me);
    await page.setViewportSize(viewport);
    await go(page, "/settings");
    await page.getByRole("link", { name: "Profile" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    for (const [name, title] of SECTIONS) {
      await go(page, `/settings/${name}`);
      await page.getByRole("heading", { name: title, exact: true }).first().waitFor();
      await expect
        .poll(() => page.getByRole("main").getByRole("status", { name: "Loading…" }).count())
        .toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
    }
  });
});
