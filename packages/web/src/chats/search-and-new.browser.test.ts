import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { chats } from "../fixtures/chat-list.ts";
import { HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the search and new chats in a browser, because ${HOW_TO_RUN}`);

const hash = (page: Page) => new URL(page.url()).hash;

describe.runIf(chromium)("the search and new chats", { timeout: 60_000 }, () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("finds chats, people and messages from the keyboard, and opens a message at its place", async () => {
    const [anna, boris, cleo] = [
      await town.person("Anna"),
      await town.person("Boris"),
      await town.person("Lanie"),
    ];
    const group = await boris.tacit.chats.createGroup({ title: "Lantern walkers", members: [anna.username] });
    await group.send("We light the lanterns at noon");
    await expect.poll(async () => (await group.lastMessage())?.text).toBe("We light the lanterns at noon");
    const id = (await group.lastMessage())?.id;
    const page = await anna.open();
    await chats(page)
      .getByRole("link", { name: /lanterns at noon/ })
      .waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("lan");
    const section = (name: string) => chats(page).getByRole("region", { name });
    await section("Chats")
      .getByRole("link", { name: /Lantern walkers/ })
      .waitFor();
    await section("People")
      .getByRole("button", { name: new RegExp(cleo.username) })
      .waitFor();
    await section("Messages")
      .getByRole("link", { name: /Boris: We light the lanterns at noon/ })
      .waitFor();
    expect(await section("Messages").locator("mark").allTextContents()).toEqual(["lan"]);
    await chats(page).getByText("Messages are searched on this device only").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    for (let at = 0; at < 3; at++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => hash(page)).toBe(`#/chat/${group.id}/message/${id}`);

    await page.keyboard.press("Control+k");
    await page.keyboard.type("nobody has this");
    await chats(page).getByText("Nothing found for “nobody has this”").last().waitFor();
    await page.keyboard.press("Escape");
    await chats(page)
      .getByRole("link", { name: /Lantern walkers/ })
      .waitFor();
  });

  it("writes to somebody who was found, from the search", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await anna.open({ viewport: PHONE });
    await chats(page).getByRole("searchbox").fill(boris.username);
    await chats(page)
      .getByRole("button", { name: new RegExp(boris.username) })
      .click();
    await expect.poll(() => hash(page)).toMatch(/^#\/chat\/\d+$/);
    await expect.poll(() => anna.tacit.chats.list().map(({ title }) => title)).toEqual(["Boris"]);
  });

  it("begins a chat with somebody, and goes back to the list from it on a phone", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await anna.open({ viewport: PHONE });
    await chats(page).getByRole("button", { name: "Find somebody" }).click();
    await page.getByLabel("Username or name").fill(`@${boris.username}`);
    await chats(page)
      .getByRole("button", { name: new RegExp(boris.username) })
      .waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await expect.poll(() => hash(page)).toMatch(/^#\/chat\/\d+$/);
    await page.goBack();
    await chats(page)
      .getByRole("link", { name: /^Boris/ })
      .waitFor();
  });

  it("makes an encrypted group of people who are chosen, once it has a name", async () => {
    const [anna, boris, cleo] = [
      await town.person("Anna"),
      await town.person("Boris"),
      await town.person("Cleo"),
    ];
    await anna.tacit.chats.withUser(boris.username);
    const page = await anna.open();
    await chats(page).getByRole("button", { name: "New chat" }).click();
    await page.getByRole("menuitem", { name: "New group" }).click();
    await page.getByRole("button", { name: "Create group" }).click();
    await page.getByText("Give it a name.").waitFor();
    await page.keyboard.type("Walkers");
    await chats(page)
      .getByRole("region", { name: "People you know" })
      .getByRole("button", { name: /Boris/ })
      .click();
    await page.getByLabel("Add people").fill(cleo.username);
    await chats(page).getByRole("region", { name: "Found on this server" }).getByRole("button").click();
    await page.getByText("Who is in it: 2 people chosen").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await chats(page).getByRole("button", { name: "Take Boris out" }).click();
    await page.getByRole("button", { name: "Create group" }).click();
    await expect.poll(() => hash(page)).toMatch(/^#\/chat\/\d+$/);
    await expect
      .poll(() => cleo.tacit.chats.list().map(({ title, encrypted }) => [title, encrypted]))
      .toEqual([["Walkers", true]]);
    expect(boris.tacit.chats.list().map(({ title }) => title)).toEqual(["Anna"]);
  });

  it("keeps what was filled in of a new group until it is cleared or made", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    await anna.tacit.chats.withUser(boris.username);
    const page = await anna.open({ viewport: PHONE });
    const newOne = async (kind: string) => {
      await chats(page).getByRole("button", { name: "New chat" }).click();
      await page.getByRole("menuitem", { name: kind }).click();
    };
    await newOne("New group");
    await page.getByLabel("Name of the group").fill("Night watch");
    await chats(page).getByRole("button", { name: /Boris/ }).click();
    await page.goBack();
    await newOne("New channel");
    await expect.poll(() => page.getByLabel("Name of the channel").inputValue()).toBe("");
    await page.keyboard.press("Escape");
    await newOne("New group");
    await expect.poll(() => page.getByLabel("Name of the group").inputValue()).toBe("Night watch");
    await page.getByText("Who is in it: 1 person chosen").waitFor();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.keyboard.type("Day watch");
    expect(await page.getByLabel("Name of the group").inputValue()).toBe("Day watch");
    await page.getByRole("button", { name: "Create group" }).click();
    await expect.poll(() => hash(page)).toMatch(/^#\/chat\/\d+$/);
    await page.goBack();
    await newOne("New group");
    await expect.poll(() => page.getByLabel("Name of the group").inputValue()).toBe("");
    expect(boris.tacit.chats.list().map(({ kind }) => kind)).not.toContain("group");
  });

  it("makes a channel that is not encrypted only after saying what that means", async () => {
    const anna = await town.person("Anna");
    const page = await anna.open({ path: "/" });
    await chats(page).getByRole("button", { name: "New chat" }).click();
    await page.getByRole("menuitem", { name: "New channel" }).click();
    await page.getByLabel("Name of the channel").fill("Harbour news");
    await page.getByRole("switch", { name: /Encrypted/ }).click();
    await page.getByText("Whoever runs the server can read everything in it.").waitFor();
    await page.getByRole("button", { name: "Create channel" }).click();
    await chats(page)
      .getByRole("link", { name: /^channel Harbour news\s*, Not encrypted/ })
      .waitFor();
    await expect.poll(() => anna.tacit.chats.list()[0]?.kind).toBe("channel");
  });

  it("says that people cannot be searched for offline, and finds the rest", async () => {
    const anna = await town.person("Anna");
    await anna.tacit.chats.createGroup({ title: "Lantern walkers" });
    const page = await anna.open();
    await chats(page)
      .getByRole("link", { name: /Lantern/ })
      .waitFor();
    await page.context().setOffline(true);
    await chats(page).getByRole("searchbox").fill("lan");
    await chats(page).getByText("People cannot be searched for without a connection.").waitFor();
    await chats(page)
      .getByRole("link", { name: /Lantern walkers/ })
      .waitFor();
    await page.context().setOffline(false);
    await chats(page)
      .getByText("People cannot be searched for without a connection.")
      .waitFor({ state: "detached" });
  });
});
