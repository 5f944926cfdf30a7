import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { ALLOWED, chatOf, latest, openChat, PATIENTLY, record, watchDevices } from "./fixtures/talk.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what becomes of recordings in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a recording", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let chatId: number;
  let otherChatId: number;
  let page: Page;
  let liveTracks: () => Promise<number>;
  const microphone = () => page.getByRole("button", { name: "Record a voice message" });
  const said = async () => (await bob.tacit.chats.get(chatId)?.messages())?.length ?? 0;
  beforeAll(async () => {
    town = await startWebTown({}, ALLOWED);
    [alice, bob, carol] = await Promise.all([town.person("Alice"), town.person("Bob"), town.person("Carol")]);
    ({ id: chatId } = await chatOf(alice, bob));
    ({ id: otherChatId } = await chatOf(alice, carol));
    page = await alice.open();
    liveTracks = await watchDevices(page);
    await page.reload();
    await page.getByRole("navigation", { name: "Chats" }).waitFor();
    await openChat(page, chatId);
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("is thrown away with the button or Escape, and the microphone is off then", async () => {
    await record(page, "0:01");
    expect(await liveTracks()).toBe(1);
    await page.getByRole("button", { name: "Discard the recording" }).click();
    await expect.poll(liveTracks, PATIENTLY).toBe(0);
    await expect
      .poll(() => microphone().evaluate((button) => button === document.activeElement), PATIENTLY)
      .toBe(true);

    await page.keyboard.press("Enter");
    await page.getByRole("timer").getByText("0:01").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("timer").waitFor({ state: "detached" });
    await expect.poll(liveTracks, PATIENTLY).toBe(0);
    expect(await said()).toBe(0);
  }, 90_000);

  it("waits in its chat when that is left, and only one goes on at a time", async () => {
    await record(page, "0:01");
    await openChat(page, otherChatId);
    await page.getByRole("heading", { name: "Carol" }).waitFor();
    await expect.poll(liveTracks, PATIENTLY).toBe(0);
    await record(page, "0:01");
    expect(await liveTracks()).toBe(1);
    await openChat(page, chatId);
    await page.getByRole("heading", { name: "Bob" }).waitFor();
    const why = "You left the chat, so the recording ended here.";
    await page.getByRole("status").filter({ hasText: why }).waitFor();
    await expect.poll(liveTracks, PATIENTLY).toBe(0);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    expect((await latest(bob, chatId, "voice_message")).attachments[0]?.duration).toBeGreaterThan(900);

    await openChat(page, otherChatId);
    await page.getByRole("heading", { name: "Carol" }).waitFor();
    await page.getByRole("button", { name: "Play voice message" }).waitFor();
    await page.getByRole("button", { name: "Discard the recording" }).click();
    await microphone().waitFor();
    await openChat(page, chatId);
    await page.getByRole("heading", { name: "Bob" }).waitFor();
  }, 90_000);

  it("is not thrown away without a question once it is long", async () => {
    await record(page, "0:11");
    await page.keyboard.press("Escape");
    const question = page.getByRole("dialog", { name: "Discard the recording?" });
    await question.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Go on recording" }).waitFor();
    await page.keyboard.press("Escape");
    await question.getByRole("button", { name: "Discard" }).click();
    await microphone().waitFor();
    await expect.poll(liveTracks, PATIENTLY).toBe(0);
  }, 90_000);

  it("goes on as long as a finger is on the button, and follows where it slides", async () => {
    const phone = await alice.open({ viewport: PHONE, hasTouch: true });
    await openChat(phone, chatId);
    const before = await said();
    const finger = await fingerOn(phone);
    const clock = phone.getByRole("timer");

    await finger.down();
    await clock.getByText("0:01").waitFor();
    await finger.move(-130, 0);
    await clock.waitFor({ state: "detached" });
    await finger.up();

    await finger.down();
    await clock.getByText("0:01").waitFor();
    await finger.move(0, -100);
    await phone.getByRole("button", { name: "Pause recording" }).waitFor();
    await finger.up();
    await phone.getByRole("button", { name: "Discard the recording" }).click();
    await clock.waitFor({ state: "detached" });
    expect(await said()).toBe(before);

    await finger.down();
    await clock.getByText("0:01").waitFor();
    await finger.up();
    await expect.poll(said, PATIENTLY).toBe(before + 1);
    await phone.context().close();
  }, 90_000);
});

/** A finger over the microphone. */
async function fingerOn(page: Page) {
  const box = await page.getByRole("button", { name: "Record a voice message" }).boundingBox();
  if (!box) throw new Error("there is no microphone");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const cdp = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  return {
    down: () => send("touchStart", [{ x, y }]),
    move: (byX: number, byY: number) => send("touchMove", [{ x: x + byX, y: y + byY }]),
    up: () => send("touchEnd", []),
  };
}
