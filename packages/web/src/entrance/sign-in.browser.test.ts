import { startProxy } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { DESKTOP, HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";
import { button, field, isIn } from "./fixtures/forms.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: signing in, in a browser, because ${HOW_TO_RUN}`);

const PATHS = ["/", "/sign-up", "/join/a-code", "/recover", "/old-account"];

describe.runIf(chromium)("signing in", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("works with the keyboard alone", async () => {
    const anna = await town.person("Anna");
    const page = await town.page();
    await field(page, "Login").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type(anna.login);
    await page.keyboard.press("Tab");
    await page.keyboard.type(anna.password);
    await page.keyboard.press("Enter");
    await isIn(page);
  }, 60_000);

  it("says what is missing, and goes there", async () => {
    const page = await town.page();
    await button(page, "Sign in").click();
    await page.getByText("Enter your login.").waitFor();
    expect(await field(page, "Login").evaluate((input) => input === document.activeElement)).toBe(true);
    await field(page, "Login").fill("somebody");
    await page.keyboard.press("Enter");
    await page.getByText("Enter your password.").waitFor();
    expect(await field(page, "Password").evaluate((input) => input === document.activeElement)).toBe(true);
  }, 60_000);

  it("says that the password is wrong, and lets in with the right one", async () => {
    const anna = await town.person("Anna");
    const page = await town.page();
    await field(page, "Login").fill(anna.login);
    await field(page, "Password").fill("not the one");
    await button(page, "Sign in").click();
    await page.getByText("The login or the password is wrong.").waitFor();
    expect(await field(page, "Password").evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await field(page, "Password").fill(anna.password);
    await button(page, "Sign in").click();
    await isIn(page);
  }, 60_000);

  it("after too many attempts shows the time that is left, and lets another login try at once", async () => {
    const anna = await town.person("Anna");
    const page = await town.page();
    await field(page, "Login").fill(anna.login);
    const throttled = page.getByText("Too many attempts.", { exact: false });
    for (let attempt = 0; attempt < 10 && !(await throttled.isVisible()); attempt++) {
      await field(page, "Password").fill(`wrong ${attempt}`);
      await button(page, "Sign in").click();
      await page.getByText("The login or the password is wrong.").or(throttled).waitFor();
    }
    const wait = page.getByRole("button", { name: /^Try again in \d+:\d\d$/ });
    expect(await wait.isDisabled()).toBe(true);
    const before = await wait.textContent();
    await expect.poll(() => wait.textContent()).not.toBe(before);
    expect(await seriousViolations(page)).toEqual([]);
    await field(page, "Login").fill("somebody-else");
    expect(await button(page, "Sign in").isEnabled()).toBe(true);
  }, 60_000);

  it("says that the server cannot be reached, and works once it can", async () => {
    const anna = await town.person("Anna");
    await using proxy = await startProxy({ port: Number(new URL(town.server.url).port) });
    const page = await town.page({ origin: `http://127.0.0.1:${proxy.port}` });
    await field(page, "Login").fill(anna.login);
    await field(page, "Password").fill(anna.password);
    proxy.refuse();
    await button(page, "Sign in").click();
    await page.getByText("The server cannot be reached. Check the connection.").waitFor();
    proxy.accept();
    await button(page, "Sign in").click();
    await isIn(page);
    await page.context().close();
  }, 60_000);

  it("keeps the session for 365 days where it is to be remembered, else for 30", async () => {
    const anna = await town.person("Anna");
    const daysOf = async () => {
      const [row] = await town.server.sql`
        SELECT (extract(epoch FROM max(expires_at) - now()) / 86400)::float8 AS days
        FROM auth_sessions WHERE user_id = ${anna.tacit.id}`;
      return row?.days;
    };
    await anna.open();
    expect(await daysOf()).toBeCloseTo(30, 1);
    const page = await town.page();
    await field(page, "Login").fill(anna.login);
    await field(page, "Password").fill(anna.password);
    await page.getByRole("switch", { name: /^Remember me/ }).click();
    await button(page, "Sign in").click();
    await isIn(page);
    expect(await daysOf()).toBeCloseTo(365, 1);
  }, 60_000);

  it("speaks Russian to who wants it, and remembers", async () => {
    const anna = await town.person("Anna");
    const page = await town.page({ locale: "ru-RU" });
    await field(page, "Логин").fill(anna.login);
    await field(page, "Пароль").fill("не тот");
    await button(page, "Войти").click();
    await page.getByText("Неверный логин или пароль.").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("ru");
    await button(page, "English").click();
    await button(page, "Sign in").waitFor();
    await page.reload();
    await button(page, "Sign in").waitFor();
    await button(page, "Русский").click();
    await field(page, "Логин").fill(anna.login);
    await field(page, "Пароль").fill(anna.password);
    await button(page, "Войти").click();
    await page.getByRole("navigation").first().waitFor();
  }, 60_000);

  it.each([
    ["phone", PHONE],
    ["desktop", DESKTOP],
  ])(
    "is for everybody in either theme on a %s",
    async (_, viewport) => {
      for (const path of PATHS) {
        const page = await town.page({ viewport, path });
        await page.getByRole("heading", { level: 1 }).waitFor();
        expect(await seriousViolations(page)).toEqual([]);
        await page.context().close();
      }
    },
    60_000,
  );

  it("fits the smallest phone", async () => {
    const page = await town.page({ viewport: { width: 360, height: 640 }, locale: "ru" });
    for (const path of PATHS) {
      await page.evaluate((to) => location.assign(`#${to}`), path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const widths = () =>
        page.locator("div:has(> div > main)").evaluate((all) => [all.scrollWidth, all.clientWidth]);
      await expect.poll(widths).toEqual([360, 360]);
    }
  }, 60_000);
});
