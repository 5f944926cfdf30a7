import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { chats } from "../fixtures/chat-list.ts";
import { HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: sessions that were ended elsewhere, because ${HOW_TO_RUN}`);

const notice = (page: Page) => page.getByRole("region", { name: "You have been signed out" });
const password = (page: Page) => notice(page).getByLabel("Password", { exact: true });

describe.runIf(chromium)("a session that another device has ended", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("is told, leaves everything in place, and goes on with the password", async () => {
    const anna = await town.person("Anna");
    const page = await anna.open();
    await anna.tacit.account.revokeOtherSessions();
    await notice(page).waitFor();
    expect(await chats(page).isVisible()).toBe(true);
    await notice(page).getByRole("button", { name: "Sign in again" }).click();
    expect(await password(page).evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await password(page).fill("not the one");
    await notice(page).getByRole("button", { name: "Sign in again" }).click();
    await notice(page).getByText("The login or the password is wrong.").waitFor();
    expect(await chats(page).isVisible()).toBe(true);
    await password(page).fill(anna.password);
    await notice(page).getByRole("button", { name: "Sign in again" }).click();
    await expect.poll(() => notice(page).isVisible(), { timeout: 15_000 }).toBe(false);
    expect(await chats(page).isVisible()).toBe(true);
    const sessions = await anna.tacit.account.sessions();
    expect(sessions.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, true]);
    await page.reload();
    await chats(page).waitFor();
    expect(await notice(page).isVisible()).toBe(false);
  }, 60_000);

  it("can be followed by removing everything, after a question", async () => {
    const anna = await town.person("Anna");
    const page = await anna.open({ viewport: PHONE });
    await anna.tacit.account.revokeOtherSessions();
    await notice(page).getByRole("button", { name: "Remove from this device" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await notice(page).isVisible()).toBe(true);
    await notice(page).getByRole("button", { name: "Remove from this device" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove everything" }).click();
    await page.getByText("Everything of your account has been removed from this device.").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
  }, 60_000);
});
