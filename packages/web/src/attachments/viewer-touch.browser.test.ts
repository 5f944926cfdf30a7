import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDesk } from "../composer/fixtures/desk.ts";
import { png } from "../composer/fixtures/pictures.ts";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: pictures under fingers in a browser, because ${HOW_TO_RUN}`);

/** From the middle of the screen, in pixels. */
type Place = readonly [x: number, y: number];

/** Fingers on a screen. */
async function fingersOn(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  const middle = { x: PHONE.width / 2, y: PHONE.height / 2 };
  const send = (type: "touchStart" | "touchMove" | "touchEnd", places: readonly Place[]) => {
    const touchPoints = places.map(([x, y], id) => ({ x: middle.x + x, y: middle.y + y, id }));
    return cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  /** They go from places to places, in steps as a hand does. */
  const drag = async (from: readonly Place[], to: readonly Place[]) => {
    await send("touchStart", from);
    for (const part of [0.25, 0.5, 0.75, 1])
      await send(
        "touchMove",
        from.map(([x, y], id) => {
          const [toX, toY] = to[id] ?? [x, y];
          return [x + (toX - x) * part, y + (toY - y) * part] as const;
        }),
      );
    await send("touchEnd", []);
  };
  const tap = (at: Place = [0, 0]) => drag([at], [at]);
  /** Stays on something. @returns lets go */
  const hold = async (what: Locator) => {
    const { x, y, width, height } = (await what.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await send("touchStart", [[x + width / 2 - middle.x, y + height / 2 - middle.y]]);
    return () => send("touchEnd", []);
  };
  return { drag, tap, hold };
}

describe.runIf(chromium)("a picture under fingers", { timeout: 60_000 }, () => {
  let town: WebTown;
  let page: Page;
  let thumbnail: Locator;
  let viewer: Locator;
  let fingers: Awaited<ReturnType<typeof fingersOn>>;
  beforeAll(async () => {
    town = await startWebTown();
    const [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    const desk = await openDesk(alice, bob, { viewport: PHONE, hasTouch: true, isMobile: true });
    page = desk.page;
    const colours = { red: [170, 60, 40], green: [40, 120, 90], blue: [40, 80, 160] } as const;
    await desk.theirs.send({
      files: Object.entries(colours).map(([name, colour]) => ({
        content: png(600, 800, colour),
        name: `${name}.png`,
        type: "image/png",
      })),
    });
    thumbnail = desk.feed.getByRole("button", { name: "green.png" });
    viewer = page.getByRole("dialog", { name: "Picture" });
    fingers = await fingersOn(page);
  });
  beforeEach(async () => {
    // Not a tap: the first one after a quick drag only ends its momentum.
    await thumbnail.click();
    await shown("green").waitFor();
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  const shown = (name: string) => viewer.getByRole("img", { name: `${name}.png` });
  const widthOf = async (name: string) => (await shown(name).boundingBox())?.width ?? 0;

  /** The viewer is gone, and the focus is on the picture that it came from. */
  async function expectClosed(): Promise<void> {
    await viewer.waitFor({ state: "detached" });
    await expect.poll(() => thumbnail.evaluate((element) => element === document.activeElement)).toBe(true);
  }

  it("gives way to the next and the one before when swiped, and stays at either end", async () => {
    await fingers.drag([[120, 0]], [[-80, 10]]);
    await shown("blue").waitFor();
    await fingers.drag([[120, 0]], [[-80, 10]]);
    await viewer.getByText("3 of 3").waitFor();
    await fingers.drag([[-120, 0]], [[80, 10]]);
    await shown("green").waitFor();
    await fingers.drag([[-120, 0]], [[80, 10]]);
    await shown("red").waitFor();
    await viewer.getByText("1 of 3").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expectClosed();
  });

  it("grows between two fingers and moves under one, without giving way to the next", async () => {
    const whole = await widthOf("green");
    await fingers.drag(
      [
        [-40, 0],
        [40, 0],
      ],
      [
        [-120, 0],
        [120, 0],
      ],
    );
    await expect.poll(() => widthOf("green")).toBeGreaterThan(whole * 2);
    const before = (await shown("green").boundingBox())?.x ?? 0;
    await fingers.drag([[120, 0]], [[0, 0]]);
    await expect.poll(async () => (await shown("green").boundingBox())?.x).toBeLessThan(before - 80);
    await viewer.getByText("2 of 3").waitFor();
    // Back to the whole of it, and no smaller.
    await fingers.drag(
      [
        [-160, 120],
        [160, 120],
      ],
      [
        [-20, 120],
        [20, 120],
      ],
    );
    await expect.poll(() => widthOf("green")).toBe(whole);
    await page.keyboard.press("Escape");
    await expectClosed();
  });

  it("grows with a double tap, and shrinks with another", async () => {
    const whole = await widthOf("green");
    await fingers.tap();
    await fingers.tap();
    await expect.poll(() => widthOf("green")).toBeGreaterThan(whole * 2);
    // Elsewhere, or it would be the third and the fourth tap of one.
    await fingers.tap([60, 150]);
    await fingers.tap([60, 150]);
    await expect.poll(() => widthOf("green")).toBe(whole);
    await page.keyboard.press("Escape");
    await expectClosed();
  });

  it("is no place for the menu of its message, which a long touch opens in the chat", async () => {
    await page.mouse.click(PHONE.width / 2, PHONE.height / 2, { button: "right" });
    await fingers.drag([[120, 0]], [[-80, 10]]);
    await shown("blue").waitFor();
    expect(await page.getByRole("menu").count()).toBe(0);
    await page.keyboard.press("Escape");
    await expectClosed();
    const letGo = await fingers.hold(thumbnail);
    await page.getByRole("menuitem", { name: "Reply" }).waitFor();
    await letGo();
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
  });

  it("goes away when it is pulled down, or when one taps beside it", async () => {
    await fingers.drag([[0, -50]], [[10, 150]]);
    await expectClosed();
    await thumbnail.click();
    await shown("green").waitFor();
    await fingers.tap([0, 330]);
    await expectClosed();
  });
});
