import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { chats, row } from "../fixtures/chat-list.ts";
import { DESKTOP, HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what is done with chats in a browser, because ${HOW_TO_RUN}`);

const titles = (page: Page) =>
  chats(page)
    .locator("[data-title]")
    .evaluateAll((names) => names.map(({ textContent }) => textContent));
const choose = async (page: Page, chat: RegExp, entry: string) => {
  await row(page, chat).click({ button: "right" });
  await page.getByRole("menuitem", { name: entry, exact: true }).click();
};

describe.runIf(chromium)("what is done with a chat in the list", { timeout: 60_000 }, () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("makes five favourites, which stand on top, and refuses the sixth with a way on", async () => {
    const anna = await town.person("Anna");
    for (let at = 1; at <= 7; at++) {
      const group = await anna.tacit.chats.createGroup({ title: `Group ${at}` });
      if (at >= 2 && at <= 5) await group.setFavorite(true);
    }
    const page = await anna.open();
    await row(page, /Group 7\b/).waitFor();
    await choose(page, /Group 1\b/, "Add to favourites");
    await expect
      .poll(() => titles(page))
      .toEqual(["Group 5", "Group 4", "Group 3", "Group 2", "Group 1", "Group 7", "Group 6"]);
    await choose(page, /Group 7\b/, "Add to favourites");
    const full = page.getByRole("dialog", { name: "Five favourites already" });
    await full.getByText("There is room for 5.").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await full.getByRole("button", { name: "Take out Group 3" }).click();
    await expect
      .poll(() => titles(page))
      .toEqual(["Group 7", "Group 5", "Group 4", "Group 2", "Group 1", "Group 6", "Group 3"]);
  });

  it("archives and takes that back, and keeps the archive a line away", async () => {
    const anna = await town.person("Anna");
    await anna.tacit.chats.createGroup({ title: "Old" });
    await anna.tacit.chats.createGroup({ title: "New" });
    const page = await anna.open();
    await choose(page, /Old/, "Archive");
    await expect.poll(() => titles(page)).toEqual(["New"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => titles(page)).toEqual(["New", "Old"]);
    await choose(page, /Old/, "Archive");
    await chats(page).getByRole("button", { name: "Archived (1)" }).click();
    await expect.poll(() => titles(page)).toEqual(["Old"]);
    await choose(page, /Old/, "Take out of the archive");
    await chats(page).getByText("Nothing is archived").waitFor();
    await chats(page).getByRole("button", { name: "Back" }).click();
    await expect.poll(() => titles(page)).toEqual(["New", "Old"]);
  });

  it("keeps the archive a step of a phone's way back, and beside a chat that is opened from it", async () => {
    const anna = await town.person("Anna");
    const group = await anna.tacit.chats.createGroup({ title: "Old" });
    await anna.tacit.chats.createGroup({ title: "New" });
    await group.setArchived(true);
    const page = await anna.open({ viewport: PHONE });
    await chats(page).getByRole("button", { name: "Archived (1)" }).click();
    await row(page, /Old/).click();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    await page.goBack();
    await expect.poll(() => titles(page)).toEqual(["Old"]);
    await page.goBack();
    await expect.poll(() => titles(page)).toEqual(["New"]);
    await page.goForward();
    await row(page, /Old/).click();
    await page.setViewportSize(DESKTOP);
    await expect.poll(() => titles(page)).toEqual(["Old"]);
    await chats(page).getByRole("button", { name: "Back" }).click();
    await expect.poll(() => titles(page)).toEqual(["New"]);
    await page.getByRole("textbox", { name: "Message" }).waitFor();
  });

  it("mutes with the keys alone, and gives the focus back", async () => {
    const anna = await town.person("Anna");
    const group = await anna.tacit.chats.createGroup({ title: "Loud" });
    const page = await anna.open();
    await row(page, /Loud/).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Mute…" }).press("Enter");
    await page.getByRole("button", { name: "For ever" }).press("Enter");
    await row(page, /Loud\s*, muted/).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toBe("What to do with Loud");
    await expect.poll(() => anna.tacit.chats.get(group.id)?.mutedUntil).toBeInstanceOf(Date);
    await choose(page, /Loud/, "Unmute");
    await row(page, /^group Loud\s*, (?!muted)/).waitFor();
  });

  it("deletes a private chat for both, leaves a group, and deletes one of mine for all", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const chat = await boris.tacit.chats.withUser(anna.username);
    await chat.send("Hello");
    await boris.tacit.chats.createGroup({ title: "Theirs", members: [anna.username] });
    const mine = await anna.tacit.chats.createGroup({ title: "Mine", members: [boris.username] });
    const page = await anna.open();
    await choose(page, /^Boris/, "Delete chat");
    await page.getByRole("switch", { name: "Delete for Boris as well" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await expect.poll(() => titles(page)).toEqual(["Mine", "Theirs"]);
    await expect.poll(() => boris.tacit.chats.get(chat.id)).toBeUndefined();

    await choose(page, /Theirs/, "Leave group");
    await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
    await expect.poll(() => titles(page)).toEqual(["Mine"]);

    await row(page, /Mine/).click();
    await choose(page, /Mine/, "Delete for everyone");
    await page.getByRole("dialog").getByRole("button", { name: "Delete for everyone" }).click();
    await chats(page).getByText("No chats yet").waitFor();
    await expect.poll(() => boris.tacit.chats.get(mine.id)).toBeUndefined();
    expect(new URL(page.url()).hash).toBe("#/");
  });

  it("marks one as read, and everything", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await anna.open();
    for (const title of ["One", "Two", "Three"])
      await (await boris.tacit.chats.createGroup({ title, members: [anna.username] })).send(`in ${title}`);
    const unread = row(page, /1 unread message/);
    await expect.poll(() => unread.count()).toBe(3);
    await choose(page, /in Two/, "Mark as read");
    await expect.poll(() => unread.count()).toBe(2);
    await chats(page).getByRole("button", { name: "Anna: menu" }).click();
    await page.getByRole("menuitem", { name: "Mark everything as read" }).click();
    await expect.poll(() => unread.count()).toBe(0);
  });
});
