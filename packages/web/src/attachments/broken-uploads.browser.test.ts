import { randomBytes } from "node:crypto";
import { startUnreliableNetwork, type UnreliableNetwork } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, openDesk } from "../composer/fixtures/desk.ts";
import { HOW_TO_RUN, hasChromium, type Person, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: uploads that break in a browser, because ${HOW_TO_RUN}`);

const OCTETS = 600_000;
/** Octets in a second that leave the browser; behind it, the system would take the whole file at once. */
const SLOWLY = 100_000;
const AT_ONCE = -1;

/** The machine may be slow, and the network comes back with pauses: a person waits as well. */
const PATIENTLY = { timeout: 30_000 };

describe.runIf(chromium)("a file on its way", { timeout: 120_000 }, () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let network: UnreliableNetwork;
  let desk: Desk;
  /** Uploads that came to nothing, as the browser sees it. */
  let broken = 0;
  let upload: (octetsASecond: number) => Promise<void>;
  beforeAll(async () => {
    town = await startWebTown();
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    network = await startUnreliableNetwork(() => ({ port: Number(new URL(town.server.url).port) }), 7);
    desk = await openDesk(alice, bob, { origin: `http://127.0.0.1:${network.port}` });
    desk.page.on("requestfailed", (request) => {
      if (request.url().endsWith("/media")) broken++;
    });
    const cdp = await desk.page.context().newCDPSession(desk.page);
    upload = async (uploadThroughput) => {
      const conditions = { offline: false, latency: 0, downloadThroughput: AT_ONCE, uploadThroughput };
      await cdp.send("Network.emulateNetworkConditions", conditions);
    };
  });
  beforeEach(async () => {
    await upload(AT_ONCE);
    network.heal();
    broken = 0;
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(async () => {
    await town?.close();
    await network?.close();
  });

  const bubble = (name: string) => desk.feed.getByRole("article").filter({ hasText: name });

  /** Sends a file over a slow line. @returns its octets, once some of them are at the server */
  async function halfway(name: string): Promise<Buffer> {
    await upload(SLOWLY);
    const buffer = await send(name);
    await bubble(name)
      .getByText(/^[1-4]\d\d kB of 600 kB sent$/)
      .waitFor(PATIENTLY);
    expect(broken).toBe(0);
    return buffer;
  }

  async function send(name: string): Promise<Buffer> {
    const { page } = desk;
    const buffer = randomBytes(OCTETS);
    const file = { name, mimeType: "application/octet-stream", buffer };
    await page.locator("input[type=file][multiple]").first().setInputFiles(file);
    const sheet = page.getByRole("dialog", { name: "Send 1 file" });
    await sheet.getByRole("button", { name: "Send", exact: true }).click();
    await sheet.waitFor({ state: "detached" });
    return buffer;
  }

  /** It is at the other side, whole, once, and whoever sent it sees that. */
  async function expectArrivedOnce(name: string, content: Buffer): Promise<void> {
    const { page, field, feed, arrived } = desk;
    const { attachments } = await arrived(({ attachments: [file] }) => file?.name === name);
    const blob = (await attachments[0]?.blob()) ?? new Blob();
    expect(Buffer.from(await blob.arrayBuffer()).equals(content)).toBe(true);
    await bubble(name).getByText("Delivered").waitFor(PATIENTLY);
    // Whatever else would still come is before this.
    await field.fill(`after ${name}`);
    await page.keyboard.press("Enter");
    await arrived(({ text }) => text === `after ${name}`);
    expect(await theirNames()).toEqual([...new Set(await theirNames())]);
    expect(await feed.getByRole("button", { name: `Download ${name}` }).count()).toBe(1);
  }

  /** How many files the server has taken, whether or not a message names them. */
  async function atTheServer(): Promise<number> {
    const [row] = await town.server.sql`SELECT count(*)::int AS files FROM files`;
    return Number(row?.files);
  }

  async function theirNames(): Promise<string[]> {
    const messages = await desk.theirs.messages({ limit: 100 });
    return messages.flatMap(({ attachments }) => attachments.map(({ name }) => name));
  }

  it("whose connection breaks waits, begins again by itself once the network is back, and arrives once", async () => {
    const content = await halfway("tunnel.bin");
    network.refuse();
    await bubble("tunnel.bin").getByText("Waiting for the network").waitFor(PATIENTLY);
    await bubble("tunnel.bin").getByRole("button", { name: "Do not send it" }).waitFor();
    await expect.poll(() => broken).toBeGreaterThan(0);
    await upload(AT_ONCE);
    network.heal();
    await expectArrivedOnce("tunnel.bin", content);
  });

  it("of which the server's word is lost is sent again, and arrives once", async () => {
    const content = await halfway("lost-answer.bin");
    // The server takes it, and of its answer one octet arrives.
    network.cutAfter(1, "down");
    const before = await atTheServer();
    await upload(AT_ONCE);
    await expectArrivedOnce("lost-answer.bin", content);
    // The first time and again; and once more if it went again over another connection that was cut.
    expect(await atTheServer()).toBeGreaterThanOrEqual(before + 2);
  });

  it("goes on when the page is loaded again, and arrives once", async () => {
    const content = await halfway("reloaded.bin");
    await desk.page.reload();
    await bubble("reloaded.bin").getByRole("progressbar", { name: "Sending" }).waitFor(PATIENTLY);
    await upload(AT_ONCE);
    await expectArrivedOnce("reloaded.bin", content);
  });

  it("that is cancelled is gone here, and never arrives", async () => {
    await halfway("regretted.bin");
    await bubble("regretted.bin").getByRole("button", { name: "Do not send it" }).click();
    await bubble("regretted.bin").waitFor({ state: "detached" });
    await expect.poll(() => broken).toBe(1);
    await upload(AT_ONCE);
    const content = await send("instead.bin");
    await expectArrivedOnce("instead.bin", content);
    expect(await theirNames()).not.toContain("regretted.bin");
  });

  it("that is refused says why, and its button sends it once", async () => {
    await bob.tacit.people.block(alice.tacit.id);
    const content = await send("refused.bin");
    await bubble("refused.bin").getByText("Not sent").waitFor(PATIENTLY);
    await bob.tacit.people.unblock(alice.tacit.id);
    await bubble("refused.bin").getByRole("button", { name: "Try again" }).click();
    await expectArrivedOnce("refused.bin", content);
  });
});
