import { randomBytes } from "node:crypto";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchPicture, setPicture, trySetting } from "./fixtures/people.ts";
import {
  anyPicture,
  BLUE,
  type Colour,
  canvas,
  claimingGif,
  colourAt,
  flatPng,
  GREEN,
  RED,
  webpBomb,
} from "./fixtures/pictures.ts";

let server: TestServer;
let alice: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  alice = await TestClient.register(server);
});
afterAll(() => server.close());

/** What the server makes of a picture. */
const shown = async (picture: Buffer) => fetchPicture(alice, await setPicture(alice, picture));

function expectAlmost(colour: Colour, expected: Colour): void {
  for (const [index, value] of expected.entries())
    expect(Math.abs((colour[index] ?? 0) - value)).toBeLessThan(25);
}

/** Red on the left, green on the right. */
async function halves(width: number, height: number) {
  const right = await canvas(width / 2, height, GREEN)
    .png()
    .toBuffer();
  const both = await canvas(width, height, RED)
    .composite([{ input: right, left: width / 2, top: 0 }])
    .png()
    .toBuffer();
  return sharp(both);
}

describe("a picture that was set", () => {
  test.each(["png", "jpeg", "gif", "webp"] as const)(
    "as %s comes back as a square WebP of 512 pixels, whatever it was called",
    async (format) => {
      const picture = await canvas(300, 100, BLUE).toFormat(format).toBuffer();
      const answer = await trySetting(alice, picture, "holiday.txt");
      expect(answer.status).toBe(200);
      const image = await fetchPicture(alice, answer.body.avatar);
      expect(await sharp(image).metadata()).toMatchObject({ format: "webp", width: 512, height: 512 });
      expectAlmost(await colourAt(image, 0.5, 0.5), BLUE);
    },
  );

  test("is upright, and says nothing of where, when and with what it was taken", async () => {
    const exif = {
      IFD0: { Make: "Camera", Software: "Gallery", ImageDescription: "at home" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "52/1 31/1 12/1",
        GPSLongitudeRef: "E",
        GPSLongitude: "13/1 24/1 36/1",
      },
    };
    const turned = await (await halves(200, 200))
      .withExif(exif)
      .withMetadata({ orientation: 6 })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">at home</x:xmpmeta>')
      .jpeg()
      .toBuffer();
    expect(turned.includes("at home")).toBe(true);
    const image = await shown(turned);
    const { exif: left, xmp, icc, iptc, orientation } = await sharp(image).metadata();
    expect([left, xmp, icc, iptc, orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(image.includes("at home")).toBe(false);
    expectAlmost(await colourAt(image, 0.5, 0.1), RED);
    expectAlmost(await colourAt(image, 0.5, 0.9), GREEN);
  });

  test.each(["gif", "webp"] as const)("as an animated %s keeps its first frame alone", async (format) => {
    const frames = await Promise.all(
      [RED, GREEN, BLUE].map((colour) => canvas(64, 64, colour).png().toBuffer()),
    );
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(3);
    const image = await shown(animation);
    expect((await sharp(image).metadata()).pages ?? 1).toBe(1);
    expectAlmost(await colourAt(image, 0.5, 0.5), RED);
  });

  test("that is also a page is only a picture afterwards", async () => {
    const page = "<html><script>alert(1)</script></html>";
    const gif = await canvas(10, 10, RED).gif().toBuffer();
    const image = await shown(Buffer.concat([gif, Buffer.from(page)]));
    expect(image.includes("script")).toBe(false);
    expect(image.subarray(8, 12).toString()).toBe("WEBP");
  });
});

describe("what cannot be a picture is refused, and leaves the old one:", () => {
  const page = Buffer.from("<html><body>GIF89a</body></html>");
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
  );
  const half = async (picture: Promise<Buffer>) => {
    const whole = await picture;
    return whole.subarray(0, whole.length / 2);
  };
  const noise = (side: number) =>
    sharp(randomBytes(side * side * 3), { raw: { width: side, height: side, channels: 3 } });

  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ["nothing at all", () => Buffer.alloc(0)],
    ["text", () => Buffer.from("This is not a picture.")],
    ["a page", () => page],
    ["a drawing that can hold scripts", () => svg],
    ["a TIFF", () => canvas(10, 10, RED).tiff().toBuffer()],
    ["an AVIF", () => canvas(10, 10, RED).avif().toBuffer()],
    ["raw points", () => Buffer.alloc(512 * 512 * 3, 200)],
    ["a beginning without a picture", () => Buffer.from("\x89PNG\r\n\x1a\n", "latin1")],
    ["half a JPEG", () => half(noise(400).jpeg().toBuffer())],
    ["half a PNG", () => half(noise(400).png().toBuffer())],
    ["half a WebP", () => half(noise(400).webp().toBuffer())],
    ["a PNG of 900 million points", () => flatPng(30_000, 30_000)],
    ["a PNG that claims 2^62 points", () => flatPng(2 ** 31 - 1, 2 ** 31 - 1, 0)],
    ["a GIF that claims 65,535 by 65,535 points", () => claimingGif(65_535, 65_535)],
    ["a WebP of 268 million points in forty octets", webpBomb],
    ["a PNG a million times as wide as high", () => flatPng(40_000_000, 1)],
  ])("%s", async (_, make) => {
    const avatar = await setPicture(alice, await anyPicture());
    const answer = await trySetting(alice, await make());
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_image" } });
    expect((await alice.get("/users/me")).body.avatar).toBe(avatar);
  });
});
