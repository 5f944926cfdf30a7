import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deskAt } from "./composer/fixtures/desk.ts";
import { go } from "./fixtures/go.ts";
import { HOW_TO_RUN, hasChromium, signIn, startWebTown, type WebTown } from "./fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: a device without room, in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a device without room", () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("says so, keeps what was to be sent, and sends it once there is room again", async () => {
    const [anna, boris] = [await town.person("Anna"), await town.person("Boris")];
    const page = await town.page();
    // What a browser answers when the disk is full: the limit that its developer tools can set does not reach this page.
    const isFull = (full: boolean) =>
      page.evaluate((value) => Object.assign(window, { diskIsFull: value }), full);
    await page.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = function (...args) {
        if ("diskIsFull" in window && window.diskIsFull) throw new DOMException("", "QuotaExceededError");
        return put.apply(this, args);
      };
    });
    await signIn(page, anna);
    const chat = await anna.tacit.chats.withUser(boris.username);
    await go(page, `/chat/${chat.id}`);
    const { field, feed } = deskAt(page);
    await field.fill("The film of the regatta");
    const buffer = randomBytes(3_000_000);
    const film = { name: "regatta.bin", mimeType: "application/octet-stream", buffer };
    await page.locator("input[type=file][multiple]").first().setInputFiles(film);
    const sheet = page.getByRole("dialog");
    await isFull(true);
    await sheet.getByRole("button", { name: "Send", exact: true }).click();
    await sheet.getByText("This device has no room left. Make some and try again.").waitFor();
    await isFull(false);
    await sheet.getByRole("button", { name: "Send", exact: true }).click();
    await sheet.waitFor({ state: "detached" });
    await feed.getByText("regatta.bin").first().waitFor();
    const theirs = await boris.tacit.chats.withUser(anna.username);
    const arrived = async () =>
      (await theirs.messages()).find(({ text }) => text === "The film of the regatta");
    await expect.poll(arrived).toBeDefined();
    const octets = await (await arrived())?.attachments[0]?.blob();
    expect(octets && Buffer.compare(Buffer.from(await octets.arrayBuffer()), buffer)).toBe(0);
  });
});
