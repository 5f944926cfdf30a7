import sharp from "sharp";
import { expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { fromBase64 } from "../crypto/primitives/octets.ts";
import { createFileCipher } from "../platform/file-cipher.node.ts";
import { lookAt } from "../platform/thumbnail.node.ts";
import { memory } from "../store/memory.ts";
import { openStore } from "../store/open-store.ts";
import type { OutgoingFile } from "./outgoing-file.ts";
import { type SpoolOptions, spool } from "./spool.ts";

async function attached(
  file: OutgoingFile,
  options?: SpoolOptions,
  key: Uint8Array | undefined = newMessageKey(),
) {
  const dependencies = { store: await openStore(memory()), cipher: createFileCipher() };
  return (await spool(dependencies, file, key, options)).attachment;
}

async function picture(width: number, height: number, orientation?: number): Promise<File> {
  const background = { r: 200, g: 30, b: 30 };
  const image = sharp({ create: { width, height, channels: 3, background } });
  const octets = await (orientation ? image.withMetadata({ orientation }) : image).jpeg().toBuffer();
  return new File([new Uint8Array(octets)], "red.jpg", { type: "image/jpeg" });
}

it("a picture is sent with its size and a small one of it, the right way up", async () => {
  const attachment = await attached(await picture(800, 400, 6));
  expect(attachment).toMatchObject({ width: 400, height: 800, mimetype: "image/jpeg" });
  const thumbnail = fromBase64(attachment.thumbnail ?? "");
  expect(thumbnail.length).toBeLessThan(24 * 1024);
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: "webp", width: 160, height: 320 });
});

it("a thumbnail has as few octets as were asked for", async () => {
  const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
  const create = { width: 900, height: 900, channels: 3, background: "#000", noise } as const;
  const octets = await sharp({ create }).png().toBuffer();
  const file = new File([new Uint8Array(octets)], "noise.png", { type: "image/png" });
  const { thumbnail = "" } = await attached(file, { thumbnailBytes: 4000 });
  expect(fromBase64(thumbnail).length).toBeGreaterThan(0);
  expect(fromBase64(thumbnail).length).toBeLessThanOrEqual(4000);
});

it("what nobody can look at is sent without a thumbnail", async () => {
  for (const type of ["image/png", "video/mp4", "image/svg+xml"]) {
    const attachment = await attached(new File(["no picture"], "file", { type }));
    expect(attachment).toMatchObject({ mimetype: type, size: 10 });
    expect(attachment).not.toHaveProperty("thumbnail");
  }
});

it("a picture of more pixels than a memory has room for is not looked at", async () => {
  const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: "#fff" } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  await expect(lookAt(new Blob([new Uint8Array(bomb)]), "image/png", 24_000)).rejects.toThrow("pixel limit");
  const attachment = await attached(new File([new Uint8Array(bomb)], "bomb.png", { type: "image/png" }));
  expect(attachment).not.toHaveProperty("thumbnail");
});

it("old clients and chats that are not encrypted get no thumbnail", async () => {
  const file = await picture(40, 40);
  expect(await attached(file, { whole: true })).not.toHaveProperty("thumbnail");
  expect(await attached({ content: file, thumbnail: "AAAA" }, { whole: true })).not.toHaveProperty(
    "thumbnail",
  );
});

it("what the sender says of a file goes before what is seen in it", async () => {
  const file = await picture(800, 400);
  const described = { content: file, name: "sunset.jpg", thumbnail: null, width: 3, duration: 1200 };
  const attachment = await attached(described);
  expect(attachment).toMatchObject({ name: "sunset.jpg", width: 3, duration: 1200 });
  expect(attachment).not.toHaveProperty("thumbnail");
});
