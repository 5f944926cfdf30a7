import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { eventually } from "../fixtures/eventually.ts";
import { feedOf, said, write } from "../fixtures/feed.ts";
import { go } from "../fixtures/go.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the web app in a browser, because ${HOW_TO_RUN}`);

const field = (page: Page) => page.getByRole("textbox", { name: "Message" });
/** What is typed goes where the focus is. */
const writesInField = (page: Page) =>
  eventually(() => field(page).evaluate((element) => element === document.activeElement)).toBe(true);
const menuIsGone = (page: Page) => page.getByRole("menu").waitFor({ state: "detached" });

async function choose(page: Page, text: string, action: string): Promise<void> {
  await said(page, text).click({ button: "right" });
  await page.getByRole("menuitem", { name: action, exact: true }).click();
  await menuIsGone(page);
}

describe.runIf(chromium)("a conversation", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let page: Page;
  beforeAll(async () => {
    town = await startWebTown();
    [alice, bob, carol] = await Promise.all([town.person("Alice"), town.person("Bob"), town.person("Carol")]);
    page = await alice.open({ permissions: ["clipboard-read", "clipboard-write"] });
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  /** A new group of the three, open in Alice's browser. */
  async function newGroup(title: string) {
    const { id } = await alice.tacit.chats.createGroup({ title, members: [bob.username, carol.username] });
    await eventually(() => bob.tacit.chats.get(id) && carol.tacit.chats.get(id)).toBeDefined();
    await go(page, `/chat/${id}`);
    await page.getByRole("heading", { name: title }).waitFor();
    const [his, hers] = [bob.tacit.chats.get(id), carol.tacit.chats.get(id)];
    if (!his || !hers) throw new Error("they are in it");
    return { id, his, hers };
  }

  it("shows what is said on both sides, and when it was delivered and read", async () => {
    const { id } = await alice.tacit.chats.withUser(bob.username);
    await eventually(() => bob.tacit.chats.get(id)).toBeDefined();
    const his = bob.tacit.chats.get(id);
    await go(page, `/chat/${id}`);
    await his?.send("Are you at the quay?");
    await said(page, "Are you at the quay?").waitFor();
    await page.getByText("Encrypted, not verified").waitFor();
    // She has it on her screen: he is told that she has read it.
    await eventually(async () => (await his?.lastMessage())?.state).toBe("read");
    await write(page, "Nearly there https://example.org/a");
    const link = said(page, "Nearly there").getByRole("link");
    expect(await link.getAttribute("href")).toBe("https://example.org/a");
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
    await said(page, "Nearly there").getByText("Delivered").waitFor();
    await his?.markRead();
    await said(page, "Nearly there").getByText("Read", { exact: true }).waitFor();
  });

  it.each([
    { encrypted: true, sentence: "What you write is encrypted before it leaves this device." },
    { encrypted: false, sentence: "What you write is not encrypted: whoever runs the server can read it." },
  ])(
    "says that nothing was written yet, and what will become of it: $sentence",
    async ({ encrypted, sentence }) => {
      const { id } = await alice.tacit.chats.createGroup({
        title: "Quiet",
        members: [bob.username],
        encrypted,
      });
      await go(page, `/chat/${id}`);
      await page.getByRole("main").getByText("No messages yet").waitFor();
      await page.getByRole("main").getByText(sentence).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await write(page, "The first word");
      await said(page, "The first word").waitFor();
      expect(await page.getByText(sentence).count()).toBe(0);
    },
  );

  it("shows at once what the other side edits and deletes", async () => {
    const { his } = await newGroup("Garden");
    const first = await his.send("the roses are late");
    await his.send("and the beans early");
    await said(page, "the roses are late").waitFor();
    await bob.tacit.flush();
    await (await his.messages()).find(({ key }) => key === first.key)?.edit("the roses are early");
    await said(page, "the roses are early").getByText("edited").waitFor();
    await (await his.messages()).find(({ text }) => text.startsWith("and the beans"))?.remove();
    await eventually(() => said(page, "and the beans early").count()).toBe(0);
    expect(await said(page, "the roses").count()).toBe(1);
  });

  it("answers with a quote that leads back, and says so when the quoted message is gone", async () => {
    const { his } = await newGroup("Kitchen");
    await his.send("who brings the bread?");
    await said(page, "who brings the bread?").waitFor();
    await choose(page, "who brings the bread?", "Reply");
    await writesInField(page);
    await page.keyboard.type("I do");
    await page.keyboard.press("Enter");
    const quote = said(page, "I do").getByRole("button", { name: "Answer to Bob" });
    await quote.click();
    await eventually(() => feedOf(page).locator("article[data-marked]").textContent()).toContain(
      "who brings the bread?",
    );
    await (await his.messages()).find(({ text }) => text === "who brings the bread?")?.remove();
    await said(page, "I do").getByText("Deleted message").waitFor();
    await said(page, "I do").click({ button: "right" });
    await page.getByRole("menu").waitFor();
    await page.keyboard.press("Escape");
    await menuIsGone(page);
  });

  it("edits and deletes one's own", async () => {
    const { his } = await newGroup("Attic");
    await write(page, "the lamp is broken");
    await said(page, "the lamp is broken").getByText("Delivered").waitFor();
    await choose(page, "the lamp is broken", "Edit");
    await eventually(() => field(page).inputValue()).toBe("the lamp is broken");
    await field(page).fill("the lamp is mended");
    await page.keyboard.press("Enter");
    await eventually(async () => (await his.lastMessage())?.text).toBe("the lamp is mended");
    await choose(page, "the lamp is mended", "Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await eventually(() => said(page, "the lamp is mended").count()).toBe(0);
    await eventually(async () => (await his.lastMessage())?.text).not.toBe("the lamp is mended");
  });

  it("forwards to several chats", async () => {
    const { hers } = await newGroup("Cellar");
    const { id } = await alice.tacit.chats.withUser(carol.username);
    await hers.send("the key is under the third pot");
    await choose(page, "the key is under the third pot", "Forward");
    const dialog = page.getByRole("dialog", { name: "Forward to" });
    await dialog.getByRole("checkbox", { name: "Bob" }).check();
    await dialog.getByLabel("Search chats").fill("car");
    await dialog.getByRole("checkbox", { name: "Carol" }).check();
    await dialog.getByRole("button", { name: "Send to 2 chats" }).click();
    await page.getByText("Forwarded to 2 chats").waitFor();
    await eventually(() => carol.tacit.chats.get(id)?.lastMessage()).toMatchObject({
      text: "the key is under the third pot",
      forwardedFrom: { nickname: "Carol" },
    });
  });

  it("copies and deletes several that were selected, and Escape leaves that", async () => {
    const { his } = await newGroup("Shed");
    for (const text of ["rake", "spade", "hoe"]) await his.send(text);
    await said(page, "hoe").waitFor();
    await choose(page, "rake", "Select");
    await said(page, "hoe").click();
    const toolbar = page.getByRole("toolbar", { name: "2 selected" });
    await toolbar.getByRole("button", { name: "Copy text" }).click();
    await eventually(() => page.evaluate(() => navigator.clipboard.readText())).toBe("rake\nhoe");
    await choose(page, "spade", "Select");
    await page.keyboard.press("Escape");
    await eventually(() => page.getByRole("toolbar").count()).toBe(0);
    await choose(page, "rake", "Select");
    await said(page, "spade").click();
    await page.getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await eventually(() => said(page, "spade").count()).toBe(0);
    expect(await said(page, "hoe").count()).toBe(1);
  });

  it("tells who has read a message and who has only received it", async () => {
    const { hers } = await newGroup("Orchard");
    await write(page, "pick them on Saturday");
    await said(page, "pick them on Saturday").getByText("Delivered").waitFor();
    await hers.markRead();
    await said(page, "pick them on Saturday").getByText("Read", { exact: true }).waitFor();
    await choose(page, "pick them on Saturday", "Who has read it");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("list", { name: "Read by" }).getByText("Carol").waitFor();
    await dialog.getByRole("list", { name: "Delivered to" }).getByText("Bob").waitFor();
    await page.keyboard.press("Escape");
  });

  it("says calmly why a message cannot be read, and never shows its ciphertext", async () => {
    const { id, hers } = await newGroup("Harbour");
    await page.goto("about:blank");
    await hers.send("this one is damaged");
    await carol.tacit.flush();
    const [row] = await town.server.sql<{ message: string }[]>`
      UPDATE messages SET message = replace(message, '"ciphertext":"', '"ciphertext":"AAAA')
      WHERE chat_id = ${id} AND message_type = 'text' RETURNING message`;
    expect(row?.message).toContain("AAAA");
    await page.close();
    page = await alice.open({ permissions: ["clipboard-read", "clipboard-write"] });
    await go(page, `/chat/${id}`);
    await said(page, "cannot be read").or(said(page, "not from whom it claims")).first().waitFor();
    expect(await feedOf(page).textContent()).not.toContain("AAAA");
  });

  it("says that a chat is gone, keeps what was being written in it, and shows the way back", async () => {
    const { id } = await newGroup("Ferry");
    await bob.tacit.chats.get(id)?.send("last tour");
    await said(page, "last tour").waitFor();
    await page.getByRole("textbox", { name: "Message" }).fill("half a thought");
    await eventually(() => page.evaluate(() => document.querySelector("textarea")?.value)).toBe(
      "half a thought",
    );
    await alice.tacit.chats.get(id)?.deleteForAll();
    await page.getByText("You are not in this chat").waitFor();
    await page.getByText("half a thought").waitFor();
    await page.getByRole("button", { name: "Back to the chats" }).click();
    await page.getByText("Choose a conversation").waitFor();
    await go(page, "/chat/999999");
    await page.getByText("You are not in this chat").waitFor();
  });

  it("lets only the owner and admins write in a channel", async () => {
    const channel = await bob.tacit.chats.createChannel({ title: "Tides", members: [alice.username] });
    await channel.send("high water at nine");
    await go(page, `/chat/${channel.id}`);
    await said(page, "high water at nine").waitFor();
    await page.getByText("Only the owner and admins write in this channel.").waitFor();
    expect(await page.getByRole("textbox", { name: "Message" }).count()).toBe(0);
  });

  it("finds words in the chat and goes from one message to the next", async () => {
    const { his } = await newGroup("Library");
    for (const text of ["the atlas is lent", "the novel is here", "the atlas is back"]) await his.send(text);
    await said(page, "the atlas is back").waitFor();
    await page.getByRole("button", { name: "Search in this chat" }).click();
    await page.getByRole("searchbox", { name: "Search in this chat" }).fill("atlas");
    await page.getByText("1 of 2").waitFor();
    await eventually(() => feedOf(page).locator("article[data-marked]").textContent()).toContain("back");
    await page.getByRole("button", { name: "Older result" }).click();
    await page.getByText("2 of 2").waitFor();
    await eventually(() => feedOf(page).locator("article[data-marked]").textContent()).toContain("lent");
  });

  it("says who is typing", async () => {
    const { his } = await newGroup("Workshop");
    await eventually(async () => {
      await his.setTyping(true);
      return page.getByText("Bob is typing…").count();
    }).toBeGreaterThan(0);
    await his.setTyping(false);
    await eventually(() => page.getByText("Bob is typing…").count()).toBe(0);
  });

  it("can be used with the keyboard alone, and is announced", async () => {
    const { his } = await newGroup("Bridge");
    for (const text of ["one", "two", "three"]) await his.send(text);
    await said(page, "three").waitFor();
    await said(page, "three").focus();
    await page.keyboard.press("PageUp");
    await eventually(() => page.evaluate(() => document.activeElement?.textContent)).toContain("two");
    await page.keyboard.press("r");
    await writesInField(page);
    await page.keyboard.type("yes, two");
    await page.keyboard.press("Enter");
    await said(page, "yes, two").getByRole("button", { name: "Answer to Bob" }).waitFor();
    await said(page, "two").first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Reply" }).waitFor();
    await page.keyboard.press("Escape");
    await menuIsGone(page);
    await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe("ARTICLE");
    await page.keyboard.press("Control+End");
    await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    await his.send("four");
    await page.getByRole("log").getByText("Bob: four").waitFor();
    const articles = feedOf(page).getByRole("article");
    expect(await articles.first().getAttribute("aria-posinset")).toBe("1");
    expect(await articles.first().getAttribute("aria-setsize")).toBe(String(await articles.count()));
  });

  it("answers by pushing a message to the right on a phone", async () => {
    const { id, his } = await newGroup("Meadow");
    await his.send("shall we walk?");
    const phone = await alice.open({ viewport: PHONE, hasTouch: true, isMobile: true });
    await go(phone, `/chat/${id}`);
    await said(phone, "shall we walk?").waitFor();
    const box = await said(phone, "shall we walk?").boundingBox();
    if (!box) throw new Error("it is on the screen");
    const session = await phone.context().newCDPSession(phone);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", x: number) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x: box.x + x, y: box.y + 20 }],
      });
    await touch("touchStart", 40);
    for (let x = 50; x <= 140; x += 10) await touch("touchMove", x);
    await touch("touchEnd", 140);
    await writesInField(phone);
    await phone.keyboard.type("gladly");
    expect(await seriousViolations(phone)).toEqual([]);
    await phone.getByRole("button", { name: "Send" }).click();
    await said(phone, "gladly").getByRole("button", { name: "Answer to Bob" }).waitFor();
    await phone.close();
  }, 90_000);
});
