import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { ALLOWED, chatOf, latest, openChat, PATIENTLY, record, sliderOf } from "./fixtures/talk.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: voice messages in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("voice messages", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let chatId: number;
  let page: Page;
  beforeAll(async () => {
    town = await startWebTown({}, ALLOWED);
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    ({ id: chatId } = await chatOf(alice, bob));
    page = await alice.open();
    await openChat(page, chatId);
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("records, pauses, goes on, is heard before it is sent, and is heard at the other side", async () => {
    await record(page, "0:01");
    await page.getByRole("button", { name: "Pause recording" }).click();
    await page.getByRole("status").getByText("Paused.").waitFor();
    await page.getByRole("button", { name: "Go on recording" }).click();
    await page.getByRole("timer").getByText("0:03").waitFor();
    await page.getByRole("button", { name: "Stop and listen" }).click();
    await page.getByRole("button", { name: "Play voice message" }).click();
    await page.getByRole("button", { name: "Pause voice message" }).waitFor();
    await expect.poll(async () => (await sliderOf(page)).now, PATIENTLY).toBeGreaterThanOrEqual(1);
    await page.getByRole("button", { name: "Send", exact: true }).click();

    const message = await latest(bob, chatId, "voice_message");
    const [recording] = message.attachments;
    expect(recording?.mimetype).toBe("audio/webm");
    expect(recording?.duration).toBeGreaterThan(2500);
    expect(recording?.duration).toBeLessThan(8000);
    expect(recording?.waveform).toHaveLength(64);
    expect(Math.max(...(recording?.waveform ?? []))).toBe(255);
    expect((await recording?.blob())?.size).toBe(recording?.size);

    const other = await bob.open({ viewport: PHONE });
    await openChat(other, chatId);
    await other.getByRole("button", { name: "Play voice message" }).click();
    await expect.poll(async () => (await sliderOf(other)).now, PATIENTLY).toBeGreaterThanOrEqual(1);
    expect((await sliderOf(other)).most).toBe(Math.round((recording?.duration ?? 0) / 1000));
    await other.context().close();
  }, 120_000);

  it("goes to another place with the keys, and plays faster from then on", async () => {
    const slider = page.getByRole("slider", { name: "Position" }).last();
    await slider.focus();
    await page.keyboard.press("End");
    await expect.poll(async () => (await sliderOf(page)).now, PATIENTLY).toBe((await sliderOf(page)).most);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await sliderOf(page)).now, PATIENTLY).toBe(0);
    expect((await sliderOf(page)).words).toMatch(/^0 seconds of \d seconds$/);

    await page.getByRole("button", { name: "Play voice message" }).click();
    await page.getByRole("button", { name: "Speed: 1×" }).last().click();
    await page.getByRole("button", { name: "Speed: 1.5×" }).last().waitFor();
    await expect.poll(() => speed(page)).toBe(1.5);
    await page.reload();
    await page.getByRole("button", { name: "Play voice message" }).click();
    await page.getByRole("button", { name: "Speed: 1.5×" }).last().waitFor();
    await expect.poll(() => speed(page)).toBe(1.5);
    await page.getByRole("button", { name: "Pause voice message" }).last().click();
    await page.getByRole("button", { name: "Play voice message" }).last().waitFor();
  });

  it("plays the next voice message by itself", async () => {
    const bobs = bob.tacit.chats.get(chatId);
    const [own] = (await latest(bob, chatId, "voice_message")).attachments;
    const content = await own?.blob();
    if (!content) throw new Error("nothing was recorded before");
    const duration = own?.duration ?? 0;
    await bobs?.send({ type: "voice_message", files: [{ content, name: "a.webm", duration }] });
    const messages = page.getByRole("feed").getByRole("group", { name: "Voice message" });
    const [first, second] = [messages.nth(0), messages.nth(1)];
    await second.waitFor();
    await first.getByRole("button", { name: "Play voice message" }).click();
    await second.getByRole("button", { name: "Pause voice message" }).waitFor();
    await second.getByRole("button", { name: "Play voice message" }).waitFor();
  }, 90_000);

  it("breaks nothing for who cannot see or needs contrast", async () => {
    expect(await seriousViolations(page)).toEqual([]);
    await record(page, "0:01");
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Stop and listen" }).click();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Discard the recording" }).click();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
  });
});

const speed = (page: Page) => page.evaluate(() => document.querySelector("video")?.playbackRate);
