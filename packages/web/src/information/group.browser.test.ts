import type { Locator, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { eventually } from "../fixtures/eventually.ts";
import { chooseFor, openPane } from "../fixtures/information-pane.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: groups and channels, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a group or channel", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  beforeAll(async () => {
    town = await startWebTown();
    [alice, bob, carol] = await Promise.all([town.person("Alice"), town.person("Bob"), town.person("Carol")]);
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  /** A group of Alice's with Bob, who has it. */
  async function group(title: string, others: readonly Person[] = [bob]) {
    const members = others.map(({ username }) => username);
    const chat = await alice.tacit.chats.createGroup({ title, members });
    for (const { tacit } of others) await eventually(() => tacit.chats.get(chat.id)?.title).toBe(title);
    return chat;
  }

  async function opened(person: Person, chatId: number, options?: Parameters<Person["open"]>[0]) {
    const page = await person.open(options);
    return { page, pane: await openPane(page, chatId) };
  }

  it("takes in people who are searched for, and says so to everybody at once", async () => {
    const chat = await group("Choir");
    const { page, pane } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id, { viewport: PHONE });
    await bobs.pane.getByText("Group · 2 members").waitFor();
    await pane.getByRole("button", { name: "Add people" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Username or name" }).fill(carol.username);
    await dialog
      .getByRole("region", { name: "Found on this server" })
      .getByRole("button", { name: /Carol/ })
      .click();
    await dialog.getByText("1 person chosen").waitFor();
    await dialog.getByRole("button", { name: "Take Carol out" }).waitFor();
    await dialog.getByRole("button", { name: "Add 1 person" }).click();
    await page.getByText("1 person was added.").waitFor();
    await pane.getByRole("listitem").filter({ hasText: "Carol" }).waitFor();
    await bobs.pane.getByText("Group · 3 members").waitFor();
    await bobs.pane.getByRole("listitem").filter({ hasText: "Carol" }).waitFor();
    await eventually(() => carol.tacit.chats.get(chat.id)?.title).toBe("Choir");
  });

  it("says that it is full, and keeps who was chosen", async () => {
    const chat = await group("Full house");
    // As if there were 500 already: the server counts the rows.
    await town.server.sql`
      INSERT INTO chat_members (chat_id, user_id, role, seq)
      SELECT ${chat.id}, 1000000 + n, 'member', 1 FROM generate_series(1, 498) AS n`;
    const { page, pane } = await opened(alice, chat.id);
    await pane.getByRole("button", { name: "Add people" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Username or name" }).fill(carol.username);
    await dialog.getByRole("button", { name: /Carol/ }).click();
    await dialog.getByRole("button", { name: "Add 1 person" }).click();
    await dialog.getByText("Carol was not added.").waitFor();
    await dialog.getByRole("button", { name: "Take Carol out" }).waitFor();
  });

  it("makes admins and takes that away, which changes at once what they may do", async () => {
    const chat = await group("Allotment", [bob, carol]);
    const { page, pane } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id);
    await bobs.pane.getByRole("listitem").filter({ hasText: "Carol" }).waitFor();
    expect(await bobs.pane.getByRole("button", { name: "Add people" }).count()).toBe(0);
    await chooseFor(page, "Bob", "Make admin");
    await pane.getByRole("listitem").filter({ hasText: "Bob" }).getByText("Admin").waitFor();
    await bobs.pane.getByRole("button", { name: "Add people" }).waitFor();
    await chooseFor(bobs.page, "Carol", "Remove");
    await bobs.page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await pane.getByRole("listitem").filter({ hasText: "Carol" }).waitFor({ state: "detached" });
    await eventually(() => carol.tacit.chats.get(chat.id)).toBeUndefined();
    await chooseFor(page, "Bob", "Take admin away");
    await bobs.pane.getByRole("button", { name: "Add people" }).waitFor({ state: "detached" });
  });

  it("closes calmly for who is removed while looking at it", async () => {
    const chat = await group("Regatta");
    const { page } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id);
    await chooseFor(page, "Bob", "Remove");
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await bobs.page.getByText("“Regatta” is no longer among your chats.").waitFor();
    await bobs.pane.waitFor({ state: "detached" });
    await eventually(() => new URL(bobs.page.url()).hash).toBe("#/");
  });

  it("is handed over: the new owner has the owner's controls, the old one is an admin", async () => {
    const chat = await group("Bakery");
    const { page, pane } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id);
    await chooseFor(page, "Bob", "Hand over ownership");
    await page.getByRole("dialog").getByText("Only Bob could hand it back").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Hand over ownership" }).click();
    await pane.getByRole("listitem").filter({ hasText: "Bob" }).getByText("Owner").waitFor();
    await pane.getByRole("button", { name: "Delete for all" }).waitFor({ state: "detached" });
    await bobs.pane.getByRole("button", { name: "Delete for all" }).waitFor();
    expect(chat.myRole).toBe("admin");
  });

  it("tells an owner who leaves to whom it goes, and the last one that it ends", async () => {
    const chat = await group("Night shift");
    const { page, pane } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id);
    await pane.getByRole("button", { name: "Leave the group" }).click();
    await page.getByRole("dialog").getByText("Bob becomes it when you leave").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Leave", exact: true }).click();
    await page.getByText("“Night shift” is no longer among your chats.").waitFor();
    await bobs.pane.getByText("Group · 1 member").waitFor();
    await bobs.pane.getByRole("button", { name: "Leave the group" }).click();
    await bobs.page.getByRole("dialog").getByText("You are the last one here").waitFor();
    await bobs.page.getByRole("dialog").getByRole("button", { name: "Leave", exact: true }).click();
    await eventually(() => new URL(bobs.page.url()).hash).toBe("#/");
    const left = () => town.server.sql`SELECT 1 FROM chats WHERE id = ${chat.id}`;
    await eventually(async () => (await left()).length).toBe(0);
  });

  it("is deleted for all by its owner", async () => {
    const chat = await group("Old plans");
    const { page, pane } = await opened(alice, chat.id);
    await pane.getByRole("button", { name: "Delete for all" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Delete/ })
      .click();
    await eventually(() => new URL(page.url()).hash).toBe("#/");
    await eventually(() => bob.tacit.chats.get(chat.id)).toBeUndefined();
  });

  it("gets another title, which everybody sees; an empty one is not taken", async () => {
    const chat = await group("Untitled");
    const { page, pane } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id);
    await pane.getByRole("button", { name: "Change the title" }).click();
    await pane.getByText("The server can read the title").waitFor();
    await pane.getByRole("textbox", { name: "Title" }).fill("  ");
    await page.keyboard.press("Enter");
    await pane.getByText("A title is needed.").waitFor();
    await pane.getByRole("textbox", { name: "Title" }).fill("Lighthouse");
    await page.keyboard.press("Enter");
    await pane.getByRole("heading", { name: "Lighthouse" }).waitFor();
    await bobs.pane.getByRole("heading", { name: "Lighthouse" }).waitFor();
    const pencil = pane.getByRole("button", { name: "Change the title" });
    await eventually(() => pencil.evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await pane.getByRole("textbox", { name: "Title" }).fill("Never mind");
    await page.keyboard.press("Escape");
    await pane.getByRole("heading", { name: "Lighthouse" }).waitFor();
  });

  it("gets a picture that was cropped with the keyboard, which others see, and loses it again", async () => {
    const chat = await group("Painters");
    const { page, pane } = await opened(alice, chat.id);
    const bobs = await opened(bob, chat.id);
    await choose(page, "Choose a picture", await picture());
    const zoom = page.getByRole("slider", { name: "Zoom" });
    await zoom.focus();
    for (let press = 0; press < 20; press++) await page.keyboard.press("ArrowRight");
    expect(await zoom.inputValue()).toBe("2");
    await page.getByRole("application", { name: /^The picture/ }).focus();
    for (let press = 0; press < 60; press++) await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Use it" }).click();
    await pane.getByRole("button", { name: "Change the picture" }).waitFor();
    const shown = bobs.pane.locator("img");
    await shown.first().waitFor();
    const stored = await fetch((await shown.first().getAttribute("src")) ?? "");
    const { width, height } = await sharp(await stored.arrayBuffer()).metadata();
    expect(width).toBe(height);
    // The picture is red on the left: the frame was moved there.
    const { dominant } = await sharp(await (await fetch(stored.url)).arrayBuffer()).stats();
    expect(dominant.r).toBeGreaterThan(dominant.b);
    await pane.getByRole("button", { name: "Remove the picture" }).click();
    await bobs.pane.locator("img").waitFor({ state: "detached" });
  });

  it("says that a file is no picture, and lets another be chosen", async () => {
    const chat = await group("Sculptors");
    const { page, pane } = await opened(alice, chat.id, { viewport: PHONE });
    await choose(page, "Choose a picture", Buffer.from("this is no picture"));
    const dialog = page.getByRole("dialog");
    await dialog.getByText("cannot be read as a picture").waitFor();
    expect(await dialog.getByRole("button", { name: "Use it" }).count()).toBe(0);
    await choose(page, "Choose another", await picture());
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Use it" }).click();
    await pane.getByRole("button", { name: "Change the picture" }).waitFor();
  });

  it("shows a member no control that is not theirs", async () => {
    const chat = await alice.tacit.chats.createChannel({
      title: "News",
      members: [bob, carol].map(({ tacit }) => tacit),
    });
    await eventually(() => bob.tacit.chats.get(chat.id)).toBeDefined();
    const { page, pane } = await opened(bob, chat.id);
    await pane.getByText("Channel · 3 members").waitFor();
    await pane.getByRole("button", { name: "Options for Carol" }).click();
    const lines = page.getByRole("menuitem");
    await lines.first().waitFor();
    expect(await lines.allTextContents()).toEqual(["Write privately", "Report Carol"]);
    await page.keyboard.press("Escape");
    for (const name of ["Add people", "Change the title", "Choose a picture", "Delete for all"])
      expect(await pane.getByRole("button", { name }).count()).toBe(0);
    await chooseFor(page, "Carol", "Write privately");
    await eventually(() => bob.tacit.chats.list().some(({ peer }) => peer?.id === carol.tacit.id)).toBe(true);
  });

  it("says plainly that nothing in it is encrypted", async () => {
    const chat = await alice.tacit.chats.createGroup({ title: "Square", encrypted: false });
    const { pane } = await opened(alice, chat.id);
    await pane.getByText("Nothing here is encrypted").waitFor();
  });

  it("finds members in a long list, of which only those in sight are drawn", async () => {
    const chat = await alice.tacit.chats.createGroup({ title: "Festival", encrypted: false });
    await town.server.sql`
      WITH people AS (
        INSERT INTO users (username, username_key, nickname, nickname_key)
        SELECT 'guest' || n, 'guest' || n, 'Guest ' || n, 'guest ' || n FROM generate_series(1, 300) AS n RETURNING id)
      INSERT INTO chat_members (chat_id, user_id, role, seq) SELECT ${chat.id}, id, 'member', 1 FROM people`;
    await alice.tacit.chats.get(chat.id)?.add(bob.username);
    const { pane } = await opened(alice, chat.id);
    await pane.getByRole("heading", { name: "302 members" }).waitFor();
    expect(await pane.getByRole("listitem").count()).toBeLessThan(100);
    await pane.getByRole("searchbox", { name: "Search members" }).fill("guest 299");
    await pane.getByRole("listitem").filter({ hasText: "Guest 299" }).waitFor();
    expect(await pane.getByRole("listitem").count()).toBe(1);
    await pane.getByRole("searchbox", { name: "Search members" }).fill("nobody at all");
    await pane.getByText("Nobody here is called that.").waitFor();
  });

  it("is used with the keyboard alone, and the focus is never lost", async () => {
    const chat = await group("Keys");
    const { page, pane } = await opened(alice, chat.id);
    const options = pane.getByRole("button", { name: "Options for Bob" });
    const isFocused = (element: Locator) => element.evaluate((node) => node === document.activeElement);
    const askToRemove = async () => {
      await page.keyboard.press("Enter");
      await eventually(() => isFocused(page.getByRole("menuitem", { name: "Write privately" }))).toBe(true);
      await page.keyboard.press("End");
      await eventually(() => isFocused(page.getByRole("menuitem", { name: "Remove" }))).toBe(true);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "Remove Bob?" }).waitFor();
    };
    await options.focus();
    await askToRemove();
    await page.keyboard.press("Escape");
    await eventually(() => isFocused(options)).toBe(true);
    await askToRemove();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).press("Enter");
    await options.waitFor({ state: "detached" });
    await eventually(() => pane.evaluate((node) => node.contains(document.activeElement))).toBe(true);
  });

  it("has no serious issue for axe, in the light and in the dark, on a phone and on a desktop", async () => {
    const chat = await group("Checked");
    const { page, pane } = await opened(alice, chat.id);
    await chat.send("Hello");
    await page.getByRole("feed").getByText("Hello").waitFor();
    await pane.getByRole("button", { name: "Options for Bob" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await pane.getByRole("button", { name: "Add people" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Username or name" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.setViewportSize(PHONE);
    await pane.getByRole("button", { name: "Leave the group" }).click();
    await page.getByRole("dialog").getByText("Bob becomes it").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);
});

/** A wide picture, red on the left and blue on the right. */
async function picture(): Promise<Buffer> {
  const half = (r: number, b: number) => ({
    create: { width: 800, height: 900, channels: 3 as const, background: { r, g: 40, b } },
  });
  return await sharp({ create: { width: 1600, height: 900, channels: 3, background: "white" } })
    .composite([
      { input: half(200, 40), left: 0, top: 0 },
      { input: half(40, 200), left: 800, top: 0 },
    ])
    .png()
    .toBuffer();
}

async function choose(page: Page, button: string, buffer: Buffer): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).click();
  await (await chooser).setFiles({ name: "picture.png", mimeType: "image/png", buffer });
}
