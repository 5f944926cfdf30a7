import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { type Upload, uploads } from "./upload.ts";

const KIB = 1024;
const ofSize = (octets: number) => Readable.from([Buffer.alloc(octets, 7)]);

test("a picture arrives octet for octet, however finely it was cut", async () => {
  const receive = uploads(400 * KIB, 4000 * KIB);
  const whole = Buffer.from(Array.from({ length: 200 * KIB }, (_, index) => index % 251));
  for (const step of [97, 64 * KIB, 200 * KIB]) {
    const pieces = Array.from({ length: Math.ceil(whole.length / step) }, (_, n) =>
      whole.subarray(n * step, (n + 1) * step),
    );
    const { octets } = await receive(Readable.from(pieces));
    expect(octets.equals(whole)).toBe(true);
  }
});

test("one of exactly the limit is taken, and one octet more is too large", async () => {
  const receive = uploads(100 * KIB, 1000 * KIB);
  expect((await receive(ofSize(100 * KIB))).octets).toHaveLength(100 * KIB);
  await expect(receive(ofSize(100 * KIB + 1))).rejects.toMatchObject({ code: "body_too_large" });
});

test("together they take no more memory than allowed, and make room when they are done or fail", async () => {
  const receive = uploads(100 * KIB, 250 * KIB);
  const held: Upload[] = [await receive(ofSize(100 * KIB)), await receive(ofSize(100 * KIB))];
  await expect(receive(ofSize(100 * KIB))).rejects.toMatchObject({ code: "busy" });
  // Twice counts once.
  held[0]?.release();
  held[0]?.release();
  const cutOff = new PassThrough();
  const receiving = receive(cutOff);
  cutOff.write(Buffer.alloc(80 * KIB));
  cutOff.destroy(new Error("cut off"));
  await expect(receiving).rejects.toThrow("cut off");
  await expect(receive(ofSize(100 * KIB + 1))).rejects.toMatchObject({ code: "body_too_large" });
  await receive(ofSize(100 * KIB));
  await expect(receive(ofSize(100 * KIB))).rejects.toMatchObject({ code: "busy" });
});
