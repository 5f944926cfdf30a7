import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { chatOf, openChat, PATIENTLY } from "./fixtures/talk.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what plays on in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a voice message that plays", { timeout: 90_000 }, () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let chatId: number;
  let otherChatId: number;
  beforeAll(async () => {
    town = await startWebTown();
    let carol: Person;
    [alice, bob, carol] = await Promise.all([town.person("Alice"), town.person("Bob"), town.person("Carol")]);
    ({ id: chatId } = await chatOf(alice, bob));
    ({ id: otherChatId } = await chatOf(alice, carol));
    const seconds = 60;
    await bob.tacit.chats.get(chatId)?.send({
      type: "voice_message",
      files: [{ content: wav(seconds), type: "audio/wav", name: "long.wav", duration: seconds * 1000 }],
    });
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  const isHeard = (page: Page) => page.evaluate(() => document.querySelector("video")?.paused === false);

  for (const [screen, options] of [
    ["a desktop", {}],
    ["a phone", { viewport: PHONE, hasTouch: true }],
  ] as const)
    it(`is heard on in another chat, with a line that pauses it, leads back and ends it, on ${screen}`, async () => {
      const page = await alice.open(options);
      await openChat(page, chatId);
      await page.getByRole("feed").getByRole("button", { name: "Play voice message" }).click();
      await expect.poll(() => isHeard(page), PATIENTLY).toBe(true);
      await openChat(page, otherChatId);
      await page.getByRole("heading", { name: "Carol" }).waitFor();
      expect(await isHeard(page)).toBe(true);

      const line = page.getByRole("region", { name: "Now playing" });
      await line.getByRole("button", { name: "Pause voice message" }).click();
      await line.getByRole("button", { name: "Play voice message" }).waitFor();
      expect(await isHeard(page)).toBe(false);
      await line.getByRole("button", { name: "Play voice message" }).click();
      await expect.poll(() => isHeard(page), PATIENTLY).toBe(true);
      expect(await seriousViolations(page)).toEqual([]);

      await line.getByTitle("Go to the message of Bob").click();
      await page.getByRole("heading", { name: "Bob" }).waitFor();
      await page.getByRole("feed").getByRole("button", { name: "Pause voice message" }).waitFor();
      expect(await isHeard(page)).toBe(true);

      await openChat(page, otherChatId);
      await line.getByRole("button", { name: "Stop playing" }).click();
      await line.waitFor({ state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
      expect(await isHeard(page)).toBe(false);
      await page.context().close();
    });
});

/** Silence: WAVE, 8000 samples a second of 8 bits. */
function wav(seconds: number): Buffer {
  const [rate, header] = [8000, Buffer.alloc(44)];
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(36 + rate * seconds, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 1],
    [34, 8],
  ] as const)
    header.writeUInt16LE(value, at);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(rate * seconds, 40);
  return Buffer.concat([header, Buffer.alloc(rate * seconds, 128)]);
}
