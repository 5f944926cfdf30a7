import type { Tacit } from "@tacit/client";
import { TestClient } from "@tacit/testkit";
import jsQR from "jsqr";
import type { Locator } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { eventually } from "../fixtures/eventually.ts";
import { openPane } from "../fixtures/information-pane.ts";
import { presentOtherIdentity } from "../fixtures/other-identity.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what there is to know about a person, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("what there is to know about a person", () => {
  let town: WebTown;
  let admin: Person;
  let alice: Person;
  beforeAll(async () => {
    town = await startWebTown();
    admin = await town.person("Ada");
    alice = await town.person("Alice");
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  /** Somebody new whom Alice has a chat with, and Alice's pane about them. */
  async function met(name: string, options?: Parameters<Person["open"]>[0]) {
    const person = await town.person(name);
    const chat = await alice.tacit.chats.withUser(person.username);
    const page = await alice.open(options);
    return { person, chat, page, pane: await openPane(page, chat.id) };
  }

  it("shows the name, the username and whether they are online", async () => {
    const { person, pane, page } = await met("Bob");
    await pane.getByRole("heading", { name: "Bob" }).waitFor();
    await pane.getByText(`@${person.username}`).waitFor();
    await pane.getByText("online", { exact: true }).waitFor();
    await pane.getByText("only you and Bob can read").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await pane.getByRole("button", { name: "Copy the username" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(person.username);
    await person.tacit.close();
    await pane.getByText("offline", { exact: true }).waitFor();
  });

  it("leads to a search in the chat, at once to be typed into", async () => {
    const { person, pane, page } = await met("Sven");
    const chat = await alice.tacit.chats.withUser(person.username);
    await chat.send("The ferry leaves at seven");
    await page.getByRole("feed").getByText("The ferry leaves at seven").waitFor();
    await page.keyboard.press("Escape");
    await pane.waitFor({ state: "detached" });
    await page.getByRole("main").getByRole("button", { name: /Sven/ }).first().click();
    await eventually(() => focused(pane)).toBe(true);
    await pane.getByRole("button", { name: "Search", exact: true }).click();
    const field = page.getByRole("searchbox", { name: "Search in this chat" });
    await eventually(() => focused(field)).toBe(true);
    await page.keyboard.type("ferry");
    await page.getByRole("status").getByText("1 of 1").waitFor();
    await page.keyboard.press("Escape");
    await field.waitFor({ state: "detached" });
    await page.getByRole("feed").getByText("The ferry leaves at seven").waitFor();
  });

  it("shows both the same safety number, and a QR code that the other side's device accepts", async () => {
    const { person, chat, page, pane } = await met("Carol");
    const hers = await person.open({ viewport: PHONE });
    const herPane = await openPane(hers, chat.id);
    const number = await digitsIn(pane);
    expect(number).toMatch(/^(\d{5} ){11}\d{5}$/);
    expect(await digitsIn(herPane)).toBe(number);
    const spoken = await pane.getByRole("list", { name: "Safety number, digit by digit" }).ariaSnapshot();
    expect(spoken).toContain([...number.slice(0, 5)].join(" "));
    await pane.getByRole("button", { name: "Show code" }).click();
    const code = await readCode(page.getByRole("img", { name: "QR code of your safety number with Carol" }));
    expect(await person.tacit.people.compareQr(alice.tacit, code)).toBe("match");
    expect(await admin.tacit.people.compareQr(alice.tacit, code)).toBe("mismatch");
    await page.keyboard.press("Escape");
    await page.getByRole("img", { name: /^QR code/ }).waitFor({ state: "detached" });
    await eventually(() => focused(pane.getByRole("button", { name: "Show code" }))).toBe(true);
  });

  it("remembers that the number was compared: after a reload, on other devices, and until it is taken back", async () => {
    const { person, chat, page, pane } = await met("Dora");
    await pane.getByText("Not verified").waitFor();
    await pane.getByRole("switch", { name: "Verified" }).click();
    await pane.getByText("Verified on Today").waitFor();
    await page.reload();
    await pane.getByText("Verified on Today").waitFor();
    await eventually(() => isVerified(alice.tacit, person)).toBe(true);
    const phone = await alice.open({ viewport: PHONE });
    const there = await openPane(phone, chat.id);
    await there.getByText("Verified on Today").waitFor();
    await there.getByRole("switch", { name: "Verified" }).click();
    await there.getByText("Not verified").waitFor();
  }, 60_000);

  it("warns of a changed identity, says what it means, and accepts it only when asked twice", async () => {
    const { person, chat, page, pane } = await met("Eve");
    const number = await digitsIn(pane);
    await presentOtherIdentity(town, person);
    await page.reload();
    await pane.getByText("The identity of Eve has changed").waitFor();
    await pane.getByText("held back until you decide").waitFor();
    expect(await digitsIn(pane)).toBe(number);
    expect(await pane.getByRole("switch", { name: "Verified" }).count()).toBe(0);
    await pane.getByRole("button", { name: "Accept the new identity" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await pane.getByText("The identity of Eve has changed").waitFor();
    await pane.getByRole("button", { name: "Accept the new identity" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Accept the new identity" }).click();
    await pane.getByText("Not verified").waitFor();
    await eventually(() => digitsIn(pane)).not.toBe(number);
    expect(chat.peer?.nickname).toBe("Eve");
  });

  it("says why somebody with an old client cannot be verified", async () => {
    const old = await TestClient.register(town.server, { nickname: "Olga" });
    const { id } = await alice.tacit.chats.withUser(old.id);
    const pane = await openPane(await alice.open(), id);
    await pane.getByText("Olga uses an old client").waitFor();
    expect(await pane.getByRole("switch", { name: "Verified" }).count()).toBe(0);
    expect(await pane.getByRole("button", { name: "Scan code" }).count()).toBe(0);
  });

  it("blocks: they can write no more and are not told; unblocked, they can", async () => {
    const { person, chat, page, pane } = await met("Frank");
    await eventually(() => person.tacit.chats.get(chat.id)).toBeDefined();
    const theirs = person.tacit.chats.get(chat.id);
    await pane.getByRole("button", { name: "Block Frank" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("They are not told").waitFor();
    await dialog.getByRole("button", { name: "Block", exact: true }).click();
    await pane.getByRole("button", { name: "Unblock Frank" }).waitFor();
    await theirs?.send("Why so quiet?");
    const failure = async () => (await theirs?.messages())?.at(-1)?.failure?.code;
    await eventually(failure).toBe("blocked");
    await pane.getByRole("button", { name: "Unblock Frank" }).click();
    await pane.getByRole("button", { name: "Block Frank", exact: true }).waitFor();
    await theirs?.send("There you are.");
    await eventually(async () => (await chat.messages()).at(-1)?.text).toBe("There you are.");
  });

  it("reports to the administrator, with those messages alone that were chosen", async () => {
    const { person, chat, page, pane } = await met("Gus");
    await chat.send("Please stop.");
    await eventually(() => person.tacit.chats.get(chat.id)).toBeDefined();
    for (const text of ["First insult", "Second insult"]) await person.tacit.chats.get(chat.id)?.send(text);
    await page.getByRole("feed").getByText("Second insult").waitFor();
    await pane.getByRole("button", { name: "Report Gus" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Report", exact: true }).click();
    await dialog.getByText("Say what happened").waitFor();
    expect(await dialog.getByRole("radio", { name: "None" }).isChecked()).toBe(true);
    await dialog.getByRole("textbox", { name: "Reason" }).fill("He insults me.");
    await dialog.getByRole("radio", { name: "The last 5 messages" }).check();
    const preview = dialog.getByRole("list", { name: "This is what they will read:" });
    await preview.getByText("First insult").waitFor();
    expect(await preview.getByRole("listitem").allTextContents()).toEqual(["First insult", "Second insult"]);
    await dialog.getByRole("button", { name: "Report", exact: true }).click();
    await page.getByText("Your report was sent").waitFor();
    const [report] = await admin.tacit.admin.reports();
    expect(report).toMatchObject({ reason: "He insults me.", chat_id: chat.id });
    expect(report?.revealed).toMatchObject({
      messages: [{ text: "First insult" }, { text: "Second insult" }],
    });
    expect(report?.message_ids).toHaveLength(2);
  });

  it("reveals nothing of the messages unless it was chosen", async () => {
    const { person, chat, page, pane } = await met("Hal");
    await eventually(() => person.tacit.chats.get(chat.id)).toBeDefined();
    await person.tacit.chats.get(chat.id)?.send("A secret");
    await page.getByRole("feed").getByText("A secret").waitFor();
    await pane.getByRole("button", { name: "Report Hal" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Rude.");
    await dialog.getByRole("button", { name: "Report", exact: true }).click();
    await page.getByText("Your report was sent").waitFor();
    const [report] = await admin.tacit.admin.reports();
    expect(report).toMatchObject({ reason: "Rude.", revealed: null, message_ids: [] });
  });

  it("mutes, makes a favourite, archives, and back", async () => {
    const { chat, page, pane } = await met("Ida");
    await pane.getByRole("button", { name: "Mute", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "For 8 hours" }).click();
    await pane.getByText("Muted until").waitFor();
    await eventually(() => chat.mutedUntil).toBeDefined();
    await pane.getByRole("button", { name: "Unmute" }).click();
    await eventually(() => chat.mutedUntil).toBeUndefined();
    await pane.getByRole("button", { name: "Favourite", pressed: false }).click();
    await pane.getByRole("button", { name: "Favourite", pressed: true }).waitFor();
    await eventually(() => chat.isFavorite).toBe(true);
    await pane.getByRole("button", { name: "Archive" }).click();
    await pane.getByRole("button", { name: "Unarchive" }).click();
    await pane.getByRole("button", { name: "Archive" }).waitFor();
    await eventually(() => chat.isArchived).toBe(false);
    await pane.getByRole("button", { name: "Favourite", pressed: true }).click();
  });

  it("deletes a chat for both, and says calmly that it is gone", async () => {
    const { person, chat, page, pane } = await met("Jan");
    const his = await person.open({ viewport: PHONE });
    const hisPane = await openPane(his, chat.id);
    await pane.getByRole("button", { name: "Delete chat" }).click();
    await page.getByRole("dialog").getByRole("switch", { name: /Jan/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await eventually(() => new URL(page.url()).hash).toBe("#/");
    await his.getByText("“Alice” is no longer among your chats.").waitFor();
    await hisPane.waitFor({ state: "detached" });
    await page.goto(`${new URL(page.url()).origin}/#/chat/${chat.id}/info`);
    await page.getByRole("region", { name: "This chat is not here" }).waitFor();
  });

  it("is opened, used and closed with the keyboard alone, and has the focus", async () => {
    const { page, pane } = await met("Kim");
    await eventually(() => focused(pane)).toBe(true);
    await page.keyboard.press("Escape");
    await pane.waitFor({ state: "detached" });
    const opener = page.getByRole("main").getByRole("button", { name: /Kim/ }).first();
    await opener.focus();
    await page.keyboard.press("Enter");
    await pane.waitFor();
    await eventually(() => focused(pane)).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await pane.waitFor({ state: "detached" });
    await eventually(() => focused(opener)).toBe(true);
  });

  it("has no serious issue for axe, in the light and in the dark, on a phone and on a desktop", async () => {
    const { page, pane, chat } = await met("Lea");
    await chat.send("Hello");
    await page.getByRole("feed").getByText("Hello").waitFor();
    await pane.getByText("Not verified").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await pane.getByRole("button", { name: "Report Lea" }).click();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await pane.getByRole("button", { name: "Show code" }).click();
    await page.getByRole("img", { name: /^QR code/ }).waitFor();
    await page.setViewportSize(PHONE);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);
});

/** The safety number as the eye sees it. */
async function digitsIn(pane: Locator): Promise<string> {
  const groups = pane.getByRole("list", { name: "Safety number, digit by digit" }).locator("[aria-hidden]");
  await groups.first().waitFor();
  return (await groups.allTextContents()).join(" ");
}

/** What a camera would read. */
async function readCode(image: Locator): Promise<string> {
  await image.waitFor();
  const picture = sharp(await image.screenshot()).ensureAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  // Node.js hands out a CommonJS module as the default of its import, a bundler what that module calls its default.
  const module: unknown = jsQR;
  const read: typeof jsQR =
    typeof module === "function" ? jsQR : (module as { default: typeof jsQR }).default;
  return read(new Uint8ClampedArray(data), info.width, info.height)?.data ?? "";
}

async function isVerified(tacit: Tacit, { username }: Person): Promise<boolean> {
  return (await tacit.people.identity(username)).verifiedAt !== undefined;
}

function focused(element: Locator): Promise<boolean> {
  return element.evaluate((node) => node === document.activeElement);
}
