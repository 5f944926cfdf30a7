import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Tacit } from "@tacit/client";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, it } from "vitest";
import { button, field } from "../entrance/fixtures/forms.ts";
import { DESKTOP, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

// Writes pictures of the main screens, in both themes and at both sizes, to packages/web/screenshots: `npm run screenshots`.

const FOLDER = fileURLToPath(new URL("../../screenshots/", import.meta.url));
const SIZES = { desktop: DESKTOP, phone: PHONE } as const;
const THEMES = ["light", "dark"] as const;

let town: WebTown;
let alice: Person;
let chatId: number;
let groupId: number;

beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  town = await startWebTown({}, ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]);
  alice = await town.person("Alice");
  ({ chatId, groupId } = await fill());
}, 120_000);
afterAll(() => town.close());

describe.each(THEMES)("%s", (theme) => {
  describe.each(["desktop", "phone"] as const)("%s", (size) => {
    const options = {
      viewport: SIZES[size],
      colorScheme: theme,
      deviceScaleFactor: 2,
      permissions: ["microphone", "camera"],
      ...(size === "phone" && { hasTouch: true, isMobile: true }),
    };
    const shoot = async (page: Page, name: string) => {
      await page.evaluate(() => document.fonts.ready);
      const picture = await page.screenshot({ animations: "disabled" });
      await sharp(picture).webp({ quality: 82 }).toFile(`${FOLDER}${name}-${size}-${theme}.webp`);
    };

    it("getting in", async () => {
      const page = await town.page(options);
      await page.getByLabel("Login", { exact: true }).waitFor();
      await shoot(page, "sign-in");
      await page.goto(`${new URL(page.url()).origin}/#/sign-up`);
      await page.getByLabel("Password", { exact: true }).fill("quiet lantern moss 41");
      await page.getByRole("heading").first().waitFor();
      await shoot(page, "sign-up");
      await signUp(page);
      await page.getByRole("list", { name: "Recovery words" }).waitFor();
      await shoot(page, "recovery-words");
      await page.context().close();
    });

    it("the messenger", async () => {
      const page = await alice.open(options);
      const go = async (path: string) => {
        await page.goto(`${new URL(page.url()).origin}/#${path}`);
      };
      await page.getByText("See you at the quay").first().waitFor();
      await shoot(page, "chats");
      await go(`/chat/${chatId}`);
      await page.getByRole("feed").getByText("See you at the quay").waitFor();
      await page.getByRole("feed").locator("img").first().waitFor();
      await shoot(page, "conversation");
      await page.getByRole("feed").getByRole("img", { name: "harbour.jpg" }).click();
      await page.getByRole("dialog").getByRole("img", { name: "harbour.jpg" }).waitFor();
      await shoot(page, "viewer");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Record a voice message" }).click();
      await page.getByRole("timer").getByText("0:02").waitFor();
      await shoot(page, "recording");
      await page.keyboard.press("Escape");
      await go(`/chat/${groupId}/info`);
      await page.getByRole("heading", { name: /members/ }).waitFor();
      await shoot(page, "group");
      await go(`/chat/${chatId}/info`);
      await page.getByText(/\d{5}/).first().waitFor();
      await shoot(page, "safety-number");
      await go("/new/group");
      await page.getByRole("button", { name: "Create group" }).waitFor();
      await shoot(page, "new-group");
      await go("/settings");
      await page.getByRole("heading").first().waitFor();
      await shoot(page, "settings");
      await go("/administration");
      await page.getByRole("heading").first().waitFor();
      await shoot(page, "administration");
      await go("/");
      await page.getByRole("searchbox").fill("ferry");
      await page.locator("mark").first().waitFor();
      await shoot(page, "search");
      await page.context().close();
    });
  });
});

async function signUp(page: Page): Promise<void> {
  const name = `ida-${crypto.randomUUID().slice(0, 4)}`;
  await field(page, "Name").fill("Ida");
  await field(page, "Username").fill(name);
  await field(page, "Login").fill(`secret-${name}`);
  await button(page, "Create account").click();
}

/** People who talk: a private chat, a group, a channel, one that is not encrypted, one that is unread. */
async function fill() {
  const [bob, carol, dave] = await Promise.all(["Bob", "Carol", "Dave"].map((name) => town.person(name)));
  if (!bob || !carol || !dave) throw new Error("there are three");
  const withBob = await alice.tacit.chats.withUser(bob.tacit);
  const his = await chatOf(bob.tacit, withBob.id);
  const say = async (person: Person, chatId: number, message: Parameters<typeof his.send>[0]) => {
    await (await chatOf(person.tacit, chatId)).send(message);
    // What is said next comes after it.
    await person.tacit.flush();
  };
  await say(alice, withBob.id, "Are we still on for Saturday?");
  const question = await arrived(bob.tacit, withBob.id, "Are we still on for Saturday?");
  await say(bob, withBob.id, {
    text: "Yes! The ferry leaves at seven, so half past six at the quay.",
    replyTo: question,
  });
  await say(bob, withBob.id, { text: "I found the harbour on an old photo:", files: [await picture()] });
  await say(alice, withBob.id, "Beautiful. I bring tea and the map: https://example.org/maps/harbour");
  await say(bob, withBob.id, "👍");
  await say(alice, withBob.id, "See you at the quay");
  const group = await alice.tacit.chats.createGroup({
    title: "Sailing club",
    members: [bob.tacit, carol.tacit, dave.tacit],
  });
  await say(carol, group.id, "Who takes the oars on Sunday?");
  await say(dave, group.id, "I can, if somebody brings the keys of the shed.");
  await alice.tacit.chats.createChannel({ title: "Harbour news", members: [bob.tacit, carol.tacit] });
  const plain = await dave.tacit.chats.createGroup({
    title: "Village fair",
    members: [alice.tacit],
    encrypted: false,
  });
  await say(dave, plain.id, "The stalls open at ten.");
  const withCarol = await carol.tacit.chats.withUser(alice.tacit);
  for (const text of ["I have the tickets", "Three of them", "Call me when you are home?"])
    await say(carol, withCarol.id, text);
  await (await chatOf(alice.tacit, withBob.id)).setFavorite(true);
  await his.markRead();
  return { chatId: withBob.id, groupId: group.id };
}

async function chatOf(tacit: Tacit, id: number) {
  for (;;) {
    const chat = tacit.chats.get(id);
    if (chat) return chat;
    await heard(tacit);
  }
}

async function arrived(tacit: Tacit, id: number, text: string) {
  const chat = await chatOf(tacit, id);
  for (;;) {
    const message = (await chat.messages()).find((one) => one.text === text && one.id !== undefined);
    if (message) return message;
    await heard(tacit);
  }
}

function heard(tacit: Tacit): Promise<void> {
  return new Promise((resolve) => {
    const stop = tacit.on(["chats", "messages"], () => {
      stop();
      resolve();
    });
  });
}

/** A harbour in the evening, drawn. */
async function picture(): Promise<File> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#f6c89f"/><stop offset="1" stop-color="#d97f6a"/></linearGradient></defs>
    <rect width="1200" height="800" fill="url(#sky)"/><circle cx="820" cy="330" r="90" fill="#fff1d6"/>
    <path d="M0 420h1200v380H0z" fill="#35586b"/><path d="M0 430l260-170 150 120 190-160 240 210z" fill="#6b4f57"/>
    <path d="M380 640h300l-60 70H430z" fill="#f3efe6"/><path d="M520 630V380l130 230z" fill="#fbf9f4"/>
    <path d="M740 430h160M700 470h240M760 510h120" stroke="#fff1d6" stroke-width="10" opacity=".5"/></svg>`;
  const octets = await sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
  return new File([new Uint8Array(octets)], "harbour.jpg", { type: "image/jpeg" });
}
