import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { startUnreliableNetwork } from "@tacit/testkit";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Desk, openDesk } from "../composer/fixtures/desk.ts";
import { png } from "../composer/fixtures/pictures.ts";
import { seriousViolations } from "../fixtures/axe.ts";
import { HOW_TO_RUN, hasChromium, type Person, PHONE, startWebTown, type WebTown } from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: files in a browser, because ${HOW_TO_RUN}`);

const PICTURES = [
  { name: "red.png", mimeType: "image/png", buffer: png(640, 480, [170, 60, 40]) },
  { name: "green.png", mimeType: "image/png", buffer: png(300, 600, [40, 120, 90]) },
];

async function attach(page: Page, files: Parameters<ReturnType<Page["locator"]>["setInputFiles"]>[0]) {
  await page.locator("input[type=file][multiple]").first().setInputFiles(files);
  const sheet = page.getByRole("dialog");
  await sheet.waitFor();
  return sheet;
}

describe.runIf(chromium)("files in a conversation", () => {
  let town: WebTown;
  let alice: Person;
  let bob: Person;
  let desk: Desk;
  beforeAll(async () => {
    town = await startWebTown();
    [alice, bob] = await Promise.all([town.person("Alice"), town.person("Bob")]);
    desk = await openDesk(alice, bob);
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town.close());

  it("several are looked through, put in order and sent with a caption, and arrive as they were", async () => {
    const { page, field, feed, arrived } = desk;
    const notes = { name: "notes.bin", mimeType: "application/octet-stream", buffer: randomBytes(300_000) };
    const spare = { name: "spare.txt", mimeType: "text/plain", buffer: Buffer.from("not this one") };
    await field.fill("From the harbour");
    const sheet = await attach(page, [...PICTURES, notes, spare]);
    await sheet.getByRole("button", { name: "Remove spare.txt" }).click();
    await sheet.getByRole("button", { name: "Move green.png up" }).click();
    expect(await sheet.getByRole("listitem").count()).toBe(3);
    expect(await seriousViolations(page)).toEqual([]);
    expect(await sheet.getByRole("textbox", { name: "Caption" }).inputValue()).toBe("From the harbour");
    await sheet.getByRole("button", { name: "Send", exact: true }).click();
    await sheet.waitFor({ state: "detached" });
    expect(await field.inputValue()).toBe("");
    const message = await arrived(({ attachments }) => attachments.length === 3);
    expect(message.text).toBe("From the harbour");
    expect(message.attachments.map(({ name }) => name)).toEqual(["green.png", "red.png", "notes.bin"]);
    const octets = (await message.attachments[2]?.blob()) ?? new Blob();
    expect(Buffer.from(await octets.arrayBuffer())).toEqual(notes.buffer);
    await feed.getByRole("img", { name: "green.png" }).waitFor();
  });

  it("pictures of the other side are seen at once and in the viewer, with the keyboard alone", async () => {
    const { page, feed, theirs } = desk;
    await theirs.send({
      files: [{ content: PICTURES[0]?.buffer ?? png(1, 1, [0, 0, 0]), name: "before.png" }],
    });
    await theirs.send({
      text: "Look at these",
      files: PICTURES.map(({ name, mimeType, buffer }) => ({
        content: buffer,
        name: `bob-${name}`,
        type: mimeType,
      })),
    });
    const picture = feed.getByRole("button", { name: "bob-red.png" });
    await picture.waitFor();
    await picture.focus();
    await page.keyboard.press("Enter");
    const viewer = page.getByRole("dialog", { name: "Picture" });
    await viewer.getByRole("img", { name: "bob-red.png" }).waitFor();
    await viewer.getByText("Look at these").waitFor();
    await page.keyboard.press("ArrowRight");
    const shown = viewer.getByRole("img", { name: "bob-green.png" });
    await shown.waitFor();
    const width = async () => (await shown.boundingBox())?.width ?? 0;
    const whole = await width();
    await page.keyboard.press("+");
    await expect.poll(width).toBeGreaterThan(whole * 1.3);
    await page.keyboard.press("0");
    await expect.poll(width).toBe(whole);
    expect(await seriousViolations(page)).toEqual([]);
    // Back past this message, to the pictures of the one before.
    for (const name of ["bob-red.png", "before.png"]) {
      await page.keyboard.press("ArrowLeft");
      await viewer.getByRole("img", { name, exact: true }).waitFor();
    }
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "detached" });
    await expect.poll(() => picture.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("a picture that is broken says so, and can still be saved", async () => {
    const { page, feed, theirs } = desk;
    const content = Buffer.from("this is no picture");
    await theirs.send({ files: [{ content, name: "broken.png", type: "image/png" }] });
    const broken = feed.getByRole("article").filter({ hasText: "This picture cannot be shown." });
    await broken.waitFor();
    const download = page.waitForEvent("download");
    await broken.getByRole("button", { name: "Download broken.png" }).click();
    expect(await readFile(await (await download).path())).toEqual(content);
  });

  it("a file is saved under its name and with its octets", async () => {
    const { page, feed, theirs } = desk;
    const content = randomBytes(200_000);
    await theirs.send({ files: [{ content, name: "report.pdf", type: "application/pdf" }] });
    const button = feed.getByRole("button", { name: "Download report.pdf" });
    const download = page.waitForEvent("download");
    await button.click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe("report.pdf");
    expect((await readFile(await saved.path())).equals(content)).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it("a picture is pasted, and what an office program copies is text", async () => {
    const { page, field } = desk;
    const paste = (text: string) =>
      field.evaluate(
        (element, { octets, text }) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(octets)], "pasted.png", { type: "image/png" }));
          if (text) data.setData("text/plain", text);
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          return element.dispatchEvent(new ClipboardEvent("paste", event));
        },
        { octets: [...png(40, 30, [20, 90, 160])], text },
      );
    expect(await paste("1\t2\t3")).toBe(true);
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await paste("")).toBe(false);
    const sheet = page.getByRole("dialog", { name: "Send 1 file" });
    await sheet.getByRole("switch", { name: "Send as files" }).click();
    await sheet.getByRole("button", { name: "Send", exact: true }).click();
    const { attachments } = await desk.arrived(({ attachments }) => attachments[0]?.name === "pasted.png");
    expect(attachments[0]?.mimetype).toBe("application/octet-stream");
    expect(attachments[0]?.thumbnailUrl).toBeUndefined();
  });

  it("files are dropped on the conversation; those that cannot be sent say why, and the rest goes on", async () => {
    const { page, arrived } = desk;
    const pane = page.getByRole("main");
    const data = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
      data.items.add(new File([], "empty.txt", { type: "text/plain" }));
      data.items.add(new File([new Uint8Array(50 * 1024 * 1024 + 1)], "film.mp4", { type: "video/mp4" }));
      return data;
    });
    await pane.dispatchEvent("dragover", { dataTransfer: data });
    await page.getByText("Drop files here").waitFor();
    const words = await page.getByText("Drop files here").boundingBox();
    const around = await pane.boundingBox();
    expect(words?.x).toBeGreaterThan(around?.x ?? 0);
    expect(words?.y).toBeLessThan(around?.height ?? 0);
    expect(words?.y).toBeGreaterThan((around?.height ?? 0) / 3);
    await pane.dispatchEvent("drop", { dataTransfer: data });
    await page.getByText("Drop files here").waitFor({ state: "detached" });
    const sheet = page.getByRole("dialog", { name: "Send 1 file" });
    const reasons = sheet.getByRole("alert");
    await reasons.getByText("empty.txt: there is nothing in it.").waitFor();
    await reasons.getByText("film.mp4: larger than 50 MB, too large to be sent.").waitFor();
    await sheet.getByRole("button", { name: "Send", exact: true }).click();
    await arrived(({ attachments }) => attachments[0]?.name === "dropped.txt");
  });

  it("without the network a file waits, and goes out once it is back; one that is cancelled never does", async () => {
    await using network = await startUnreliableNetwork(
      () => ({ port: Number(new URL(town.server.url).port) }),
      1,
    );
    const origin = `http://127.0.0.1:${network.port}`;
    const { page, feed, arrived, theirs } = await openDesk(alice, bob, { origin, viewport: PHONE });
    network.refuse();
    for (const name of ["kept.bin", "regretted.bin"]) {
      const sheet = await attach(page, {
        name,
        mimeType: "application/octet-stream",
        buffer: randomBytes(400_000),
      });
      await sheet.getByRole("button", { name: "Send", exact: true }).click();
      await sheet.waitFor({ state: "detached" });
    }
    const waiting = (name: string) => feed.getByRole("article").filter({ hasText: name });
    await waiting("kept.bin").getByText("Waiting for the network").waitFor();
    await waiting("regretted.bin").getByRole("button", { name: "Do not send it" }).click();
    await waiting("regretted.bin").waitFor({ state: "detached" });
    network.heal();
    network.slow({ bandwidth: 100 });
    await waiting("kept.bin")
      .getByText(/of 400 kB sent/)
      .waitFor({ timeout: 30_000 });
    await waiting("kept.bin").getByRole("progressbar", { name: "Sending" }).waitFor();
    network.heal();
    network.slow({});
    await arrived(({ attachments }) => attachments[0]?.name === "kept.bin");
    const names = (await theirs.messages()).flatMap(({ attachments }) => attachments.map(({ name }) => name));
    expect(names).not.toContain("regretted.bin");
    await page.context().close();
  });
});
