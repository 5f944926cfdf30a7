import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HOW_TO_RUN, hasChromium, type Person, startWebTown, type WebTown } from "../fixtures/town.ts";
import { ALLOWED, chatOf, latest, openChat, PATIENTLY, record, watchDevices } from "./fixtures/talk.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: recordings that are cut short in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a recording that is cut short", { timeout: 90_000 }, () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let chatId: number;
  let page: Page;
  let liveTracks: () => Promise<number>;
  beforeAll(async () => {
    town = await startWebTown({}, ALLOWED);
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    ({ id: chatId } = await chatOf(alice, bob));
    page = await alice.open();
    liveTracks = await watchDevices(page);
    await page.reload();
    await page.getByRole("navigation", { name: "Chats" }).waitFor();
    await openChat(page, chatId);
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  const sent = async () => (await bob.tacit.chats.get(chatId)?.messages())?.length ?? 0;

  /** It can be heard and sent, and the other side gets it. @param least milliseconds that it is long */
  async function expectKept(least: number): Promise<void> {
    const before = await sent();
    await expect.poll(liveTracks, PATIENTLY).toBe(0);
    await page.getByRole("button", { name: "Play voice message" }).last().waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("button", { name: "Record a voice message" }).waitFor();
    await expect.poll(sent, PATIENTLY).toBe(before + 1);
    const [recording] = (await latest(bob, chatId, "voice_message")).attachments;
    expect(recording?.duration).toBeGreaterThan(least);
    expect((await recording?.blob())?.size).toBe(recording?.size);
  }

  const gone = "The microphone or camera was gone, so the recording ended here. Send it or discard it.";

  it("because the microphone is pulled out is kept to the last moment, and can be sent", async () => {
    await record(page, "0:02");
    await page.evaluate(() => {
      const [track]: MediaStreamTrack[] = Reflect.get(window, "tracks");
      track?.stop();
      // What a browser tells when a device goes, and not when a program turns it off.
      track?.dispatchEvent(new Event("ended"));
    });
    await page.getByText(gone, { exact: true }).waitFor();
    await page.getByRole("status").filter({ hasText: gone }).waitFor();
    await expectKept(1800);
  });

  it("because the browser ends it without a word is kept as well", async () => {
    await record(page, "0:02");
    await page.evaluate(() => Reflect.get(window, "tracks").at(-1).stop());
    await page.getByText(gone, { exact: true }).waitFor();
    await expectKept(1800);
  });

  it("before there is a whole second of it is kept as well", async () => {
    await page.getByRole("button", { name: "Record a voice message" }).click();
    await page.getByRole("timer").waitFor();
    await page.evaluate(() => {
      const track: MediaStreamTrack = Reflect.get(window, "tracks").at(-1);
      return new Promise<void>((resolve) => {
        setTimeout(() => {
          track.stop();
          track.dispatchEvent(new Event("ended"));
          resolve();
        }, 400);
      });
    });
    await page.getByText(gone, { exact: true }).waitFor();
    await expectKept(100);
  });

  it("because it is a quarter of an hour long says so, and can be sent", async () => {
    await page.clock.install();
    await record(page, "0:01");
    await page.clock.fastForward("14:50");
    await page
      .getByRole("timer")
      .getByText(/^14:5\d$/)
      .waitFor();
    expect(await liveTracks()).toBe(1);
    await page.clock.fastForward("00:10");
    await page
      .getByText("That is as long as a recording can be. Send it or discard it.", { exact: true })
      .waitFor();
    await expectKept(900);
  });
});
