import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Device, hearing, next, startTown, type Town } from "./fixtures/town.ts";
import { until } from "./fixtures/until.ts";
import type { Chat } from "./index.ts";

const MIB = 1024 * 1024;

let town: Town;
let alice: Device;
let bob: Device;
let chat: Chat;
beforeAll(async () => {
  town = await startTown();
  [alice, bob] = await Promise.all([town.device("Alice"), town.device("Bob")]);
  chat = await alice.tacit.chats.withUser(bob);
});
afterAll(() => town.close());

/** Of one colour and noise, so that it does not shrink to nothing. */
async function picture(width: number, height: number): Promise<File> {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  const octets = await sharp({ create: { width, height, channels: 3, background: "#08f", noise } })
    .png()
    .toBuffer();
  return new File([new Uint8Array(octets)], "beach.png", { type: "image/png" });
}

const octetsOfSize = (size: number) => Uint8Array.from({ length: size }, (_, at) => at % 251);

async function isSame(one: Blob | undefined, other: Blob): Promise<boolean> {
  return (
    one !== undefined && Buffer.from(await one.arrayBuffer()).equals(Buffer.from(await other.arrayBuffer()))
  );
}

/** How many pieces of files wait on a device. */
async function leftInSpool(device: Device): Promise<number> {
  await device.tacit.close();
  const { records } = await device.storage.open();
  const keys = await records.keys({ from: "spool", to: "spoom" });
  await records.close();
  await device.restart();
  return keys.length;
}

it("a picture comes with a small one of it, its size and its name, and opens", async () => {
  const file = await picture(800, 400);
  await chat.send({ text: "the beach", files: [file] });
  const received = await bob.message(chat, "the beach");
  const [attachment] = received.attachments;
  expect(attachment).toMatchObject({ name: "beach.png", mimetype: "image/png", size: file.size });
  expect(attachment).toMatchObject({ width: 800, height: 400 });
  const url = attachment?.thumbnailUrl ?? "";
  expect(url).toMatch(/^data:image\/webp;base64,/);
  const small = await sharp(Buffer.from(url.split(",")[1] ?? "", "base64")).metadata();
  expect(small).toMatchObject({ width: 320, height: 160 });
  const blob = await attachment?.blob();
  expect(blob?.type).toBe("image/png");
  expect(await isSame(blob, file)).toBe(true);
});

it("the sender sees the picture at once, before anything is uploaded", async () => {
  const file = await picture(100, 100);
  await alice.goOffline();
  const sent = await chat.send({ text: "at once", files: [file] });
  expect(sent.attachments).toMatchObject([{ name: "beach.png", width: 100, height: 100 }]);
  expect(sent.attachments[0]?.thumbnailUrl).toMatch(/^data:image/);
  alice.goOnline();
  await bob.message(chat, "at once");
});

it("a message has room for 32 pictures", async () => {
  const file = await picture(240, 240);
  const files = Array.from({ length: 32 }, () => file);
  await chat.send({ text: "album", files });
  const received = await bob.message(chat, "album");
  expect(received.attachments).toHaveLength(32);
  const sizes = received.attachments.map(({ thumbnailUrl = "" }) => thumbnailUrl.length);
  expect(Math.min(...sizes)).toBeGreaterThan(500);
  const last = await received.attachments[31]?.blob();
  expect(last?.size).toBe(file.size);
});

it("a voice message has its length and its loudness over time", async () => {
  const samples = Float32Array.from({ length: 48_000 }, (_, at) => Math.sin(at / 20) * (at / 48_000));
  const waveform = Array.from({ length: 64 }, (_, at) => at * 4);
  const content = new File([new Uint8Array(samples.buffer)], "voice.ogg", { type: "audio/ogg" });
  await chat.send({ type: "voice_message", files: [{ content, duration: 1000, waveform }] });
  const received = await bob.message(chat, ({ kind }) => kind === "voice_message");
  expect(received.verified).toBe(true);
  expect(received.attachments).toMatchObject([{ duration: 1000, waveform, mimetype: "audio/ogg" }]);
  expect((await received.attachments[0]?.blob())?.size).toBe(content.size);
});

it("how much of a file is uploaded is told, up to the end, and so is how much of it has arrived", async () => {
  const end = hearing(alice.tacit, "transfer");
  const octets = octetsOfSize(6 * MIB);
  const sent = await chat.send({ text: "large", files: [octets] });
  const received = await bob.message(chat, "large");
  const heard = end();
  const mine = heard.filter(({ outboxId }) => outboxId === sent.key);
  expect(mine.length).toBeGreaterThan(1);
  const total = mine[0]?.total ?? 0;
  expect(total).toBeGreaterThanOrEqual(octets.length);
  expect(mine.every((change) => change.total === total)).toBe(true);
  expect(mine.map(({ done }) => done)).toEqual(mine.map(({ done }) => done).toSorted((a, b) => a - b));
  expect(mine.at(-1)?.done).toBe(total);
  const arrived: number[] = [];
  const pieces: Uint8Array[] = [];
  const stream = received.attachments[0]?.stream({ onProgress: (done) => arrived.push(done) });
  for await (const piece of stream ?? []) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(octets)).toBe(true);
  expect(arrived.at(-1)).toBe(octets.length);
});

it("who breaks off while a file is prepared has sent nothing, and nothing is left of it", async () => {
  const [breaking, before] = [new AbortController(), await leftInSpool(alice)];
  const shown = await alice.chat(chat);
  const stream = async function* () {
    yield octetsOfSize(2 * MIB);
    breaking.abort(new Error("enough"));
    yield octetsOfSize(2 * MIB);
  };
  const file = { size: 4 * MIB, name: "half.bin", stream };
  const sending = shown.send({ text: "never", files: [file], signal: breaking.signal });
  await expect(sending).rejects.toThrow("enough");
  expect(await alice.texts(chat)).not.toContain("never");
  expect(await leftInSpool(alice)).toBe(before);
});

it("what is given up before it is uploaded leaves nothing on the device", async () => {
  const before = await leftInSpool(alice);
  await alice.goOffline();
  await (await alice.chat(chat)).send({ text: "waits", files: [octetsOfSize(2 * MIB)] });
  expect(await leftInSpool(alice)).toBeGreaterThan(before);
  expect(await (await alice.message(chat, "waits")).discard()).toBe(true);
  expect(await leftInSpool(alice)).toBe(before);
  alice.goOnline();
});

it("what is given up while it is uploaded is gone, and nothing of it is left", async () => {
  const before = await leftInSpool(alice);
  const shown = await alice.chat(chat);
  alice.network.delay(20);
  const begun = next(alice.tacit, "transfer");
  const sent = await shown.send({ text: "given up", files: [octetsOfSize(8 * MIB)] });
  expect((await begun).outboxId).toBe(sent.key);
  expect(await sent.discard()).toBe(true);
  alice.network.delay(0);
  expect(await alice.texts(chat)).not.toContain("given up");
  await shown.send("instead");
  await bob.message(chat, "instead");
  expect(await bob.texts(chat)).not.toContain("given up");
  await alice.tacit.flush();
  expect(await leftInSpool(alice)).toBe(before);
});

it("a file that is half uploaded when the program ends is sent by the next one", async () => {
  const shown = await alice.chat(chat);
  const octets = octetsOfSize(8 * MIB);
  alice.network.delay(20);
  const begun = next(alice.tacit, "transfer");
  await shown.send({ text: "interrupted", files: [octets] });
  await begun;
  await alice.restart();
  alice.network.delay(0);
  const received = await bob.message(chat, "interrupted");
  const blob = await received.attachments[0]?.blob();
  expect(await isSame(blob, new Blob([octets]))).toBe(true);
});

it("who stops a download hears why", async () => {
  const received = await bob.message(chat, "large");
  const over = AbortSignal.abort(new Error("stop"));
  await expect(received.attachments[0]?.blob({ signal: over })).rejects.toThrow("stop");
});

it("a file in a group that is not encrypted is sent and opened as it is", async () => {
  const group = await alice.tacit.chats.createGroup({ title: "Open", members: [bob], encrypted: false });
  const file = new File(["for all to read"], "notice.txt", { type: "text/plain" });
  await group.send({ text: "see", files: [file] });
  const received = await bob.message(group, "see");
  expect(received).toMatchObject({ trust: "plain", verified: false });
  expect(received.attachments).toMatchObject([{ name: "notice.txt", mimetype: "text/plain", size: 15 }]);
  expect(await (await received.attachments[0]?.blob())?.text()).toBe("for all to read");
});

it("an edit of a message with files keeps the files", async () => {
  await (await alice.chat(chat)).send({ text: "frist", files: [new File(["kept"], "kept.txt")] });
  const sent = await alice.message(chat, ({ text, id }) => text === "frist" && id !== undefined);
  await sent.edit("first");
  const received = await bob.message(chat, "first");
  expect(await (await received.attachments[0]?.blob())?.text()).toBe("kept");
});

it("a file that is too large is refused before anything is sent", async () => {
  const shown = await alice.chat(chat);
  const file = { size: 60 * MIB, name: "film.mp4", stream: () => [] };
  const before = await alice.texts(chat);
  await expect(shown.send({ files: [file] })).rejects.toMatchObject({ code: "file_too_large" });
  expect(await alice.texts(chat)).toEqual(before);
});

it("a file whose message was deleted cannot be fetched any more", async () => {
  await (await alice.chat(chat)).send({ text: "short-lived", files: [new File(["gone"], "gone.txt")] });
  const received = await bob.message(chat, "short-lived");
  const sent = await alice.message(chat, ({ text, id }) => text === "short-lived" && id !== undefined);
  await sent.remove();
  await until(bob.tacit, async () => !(await bob.texts(chat)).includes("short-lived"));
  await expect(received.attachments[0]?.blob()).rejects.toMatchObject({ code: "unknown_file" });
});
