import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { chatOf, FAKE_DEVICES, latest, openChat, PATIENTLY, record, sliderOf } from "./fixtures/talk.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: video messages in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("the microphone and the camera", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let chatId: number;
  beforeAll(async () => {
    town = await startWebTown({}, FAKE_DEVICES);
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    ({ id: chatId } = await chatOf(alice, bob));
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("are asked for only when they are needed, and a refusal says what to do", async () => {
    await bob.tacit.chats.get(chatId)?.send("Say it rather than write it!");
    const page = await alice.open({ viewport: PHONE });
    await openChat(page, chatId);
    await page.getByRole("button", { name: "Record a voice message" }).click();
    await page.getByRole("alert").getByText("Tacit may not use the microphone.").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.context().grantPermissions(["microphone"]);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("timer").getByText("0:01").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Record a voice message" }).waitFor();
    await page.context().close();
  }, 120_000);

  it("make a round video, which is seen before it is sent and plays at the other side", async () => {
    const page = await alice.open({ permissions: ["microphone", "camera"] });
    await openChat(page, chatId);
    await record(page, "0:02", "Record a video message");
    const own = page.getByLabel("Your camera's picture");
    await expect
      .poll(() => own.evaluate((video: HTMLVideoElement) => video.videoWidth), PATIENTLY)
      .toBeGreaterThan(0);
    await page.getByRole("button", { name: "Stop and listen" }).click();
    await page.getByRole("button", { name: "Play video message" }).click();
    await page.getByRole("button", { name: "Pause video message" }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();

    const [recording] = (await latest(bob, chatId, "video_message")).attachments;
    expect(recording?.mimetype).toBe("video/webm");
    expect(recording?.width).toBe(recording?.height);
    expect(recording?.duration).toBeGreaterThan(1900);
    expect(recording?.thumbnailUrl).toMatch(/^data:image\//);

    const other = await bob.open({ viewport: PHONE, colorScheme: "dark" });
    await openChat(other, chatId);
    await other.getByRole("button", { name: "Play video message" }).waitFor();
    expect(await seriousViolations(other)).toEqual([]);
    await other.getByRole("button", { name: "Play video message" }).click();
    await expect.poll(async () => (await sliderOf(other)).now, PATIENTLY).toBeGreaterThanOrEqual(1);
    const shown = other.getByRole("feed").locator("video");
    await expect
      .poll(() => shown.evaluate((video: HTMLVideoElement) => video.videoWidth), PATIENTLY)
      .toBeGreaterThan(0);
    await other.context().close();
    await page.context().close();
  }, 120_000);
});
