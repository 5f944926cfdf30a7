import { createTestDatabase, startProxy, startTestServer, type TcpProxy } from "@tacit/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deskAt } from "./composer/fixtures/desk.ts";
import { button, field, isIn, proveWords, shownWords } from "./entrance/fixtures/forms.ts";
import { DESKTOP, HOW_TO_RUN, hasChromium, PHONE, startWebTown, type WebTown } from "./fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: two people in two browsers, because ${HOW_TO_RUN}`);

const PATIENCE = { timeout: 30_000 };
const texts = (page: Page) => deskAt(page).feed.locator("[id$='-said']").allInnerTexts();

/** What nobody but the two of them has touched, from the first page to the last word. */
describe.runIf(chromium)("two people on a new server", { timeout: 120_000 }, () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let town: WebTown;
  let network: TcpProxy;
  let anna: Page;
  let boris: Page;
  let borisName: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    town = await startWebTown({ database: database.config });
    network = await startProxy({ port: Number(new URL(town.server.url).port) });
  });
  afterAll(async () => {
    await network.close();
    await town.close();
    await database.drop();
  });

  it("make accounts and keep their recovery words", async () => {
    anna = await town.page({ viewport: PHONE, path: "/sign-up" });
    await signUp(anna, "Anna");
    boris = await town.page({
      viewport: DESKTOP,
      path: "/sign-up",
      origin: `http://127.0.0.1:${network.port}`,
    });
    borisName = await signUp(boris, "Boris");
  });

  it("find each other and talk", async () => {
    await anna.getByRole("searchbox").fill(borisName);
    await anna.getByRole("button", { name: new RegExp(borisName) }).click();
    await say(anna, "Hello Boris");
    await boris.getByRole("link", { name: /Anna/ }).first().click();
    await deskAt(boris).feed.getByText("Hello Boris").waitFor(PATIENCE);
    await say(boris, "Hello Anna");
    await deskAt(anna).feed.getByText("Hello Anna").waitFor(PATIENCE);
    await deskAt(anna).feed.getByText("Read", { exact: false }).first().waitFor(PATIENCE);
  });

  it("lose nothing and double nothing while the network is away, also across a reload", async () => {
    network.refuse();
    await say(boris, "Written without a network");
    await say(anna, "Are you there?");
    await say(anna, "Boris?");
    await deskAt(boris).field.fill("I was about to");
    // Else the page asks before it goes.
    await boris.getByRole("link", { name: /Anna/ }).getByText("Draft").waitFor(PATIENCE);
    await boris.reload();
    await deskAt(boris).feed.getByText("Written without a network").waitFor(PATIENCE);
    await expect.poll(() => deskAt(boris).field.inputValue(), PATIENCE).toBe("I was about to");
    network.accept();
    await deskAt(boris).feed.getByText("Boris?").waitFor(PATIENCE);
    await deskAt(anna).feed.getByText("Written without a network").waitFor(PATIENCE);
    await sameForBoth();
  });

  it("go on when the server was started again", async () => {
    const { port } = new URL(town.server.url);
    await town.server.close();
    await say(anna, "Said while it was away");
    const { webDirectory, dataDirectory } = town.server.config;
    await using _ = await startTestServer({
      database: database.config,
      port: Number(port),
      webDirectory,
      dataDirectory,
    });
    await deskAt(boris).feed.getByText("Said while it was away").waitFor(PATIENCE);
    await deskAt(boris).field.fill("");
    await say(boris, "Here it is");
    await deskAt(anna).feed.getByText("Here it is").waitFor(PATIENCE);
    await sameForBoth();
    expect(town.problems).toEqual([]);
  });

  async function sameForBoth(): Promise<void> {
    await expect
      .poll(async () => (await texts(anna)).toSorted(), PATIENCE)
      .toEqual((await texts(boris)).toSorted());
    const said = await texts(anna);
    expect(new Set(said).size).toBe(said.length);
    expect(await texts(boris)).toEqual(said);
  }
});

async function signUp(page: Page, name: string): Promise<string> {
  const username = `${name.toLowerCase()}-${crypto.randomUUID().slice(0, 6)}`;
  await field(page, "Name").fill(name);
  await field(page, "Username").fill(username);
  await field(page, "Login").fill(`secret-${crypto.randomUUID().slice(0, 8)}`);
  await field(page, "Password").fill(`Moss lantern ${crypto.randomUUID()}`);
  await button(page, "Create account").click();
  await page.getByRole("list", { name: "Recovery words" }).waitFor(PATIENCE);
  await proveWords(page, await shownWords(page));
  await isIn(page);
  return username;
}

async function say(page: Page, text: string): Promise<void> {
  const { field: composer, feed } = deskAt(page);
  await composer.fill(text);
  await button(page, "Send").click();
  await feed.getByText(text).waitFor(PATIENCE);
}
