import { startProxy, startTestServer } from "@tacit/testkit";
import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { inChromium } from "../crypto/fixtures/chromium.ts";
import { newPerson } from "../fixtures/person.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: what files have to do in Chromium, because ${HOW_TO_RUN}`);
const inBrowser = it.runIf(chromium);
const TIMEOUT = { timeout: 120_000 };

const PAGE = new URL("./fixtures/page.ts", import.meta.url);
const onPage = <T>(use: (page: Page) => Promise<T>, policy?: string) => inChromium(PAGE, use, policy);

inBrowser(
  "a file is encrypted and decrypted in a worker, and the page goes on meanwhile",
  TIMEOUT,
  async () => {
    const outcome = await onPage((page) => page.evaluate(() => mediaChecks.roundTrip()));
    expect(outcome).toMatchObject({ intact: true, workers: 2, refusal: "decryption_failed", chunks: 6 });
    expect(outcome.longest).toBeLessThan(outcome.took / 3);
  },
);

inBrowser("a page that may not have workers encrypts and decrypts all the same", TIMEOUT, async () => {
  const outcome = await onPage((page) => page.evaluate(() => mediaChecks.roundTrip()), "worker-src 'none'");
  expect(outcome).toMatchObject({ intact: true, workers: 1, refusal: "decryption_failed" });
});

inBrowser("a file that is cancelled in its worker leaves nothing", TIMEOUT, async () => {
  const outcome = await onPage((page) => page.evaluate(() => mediaChecks.cancelled()));
  expect(outcome).toEqual({ reason: "enough", left: 0 });
});

inBrowser("pictures, videos and recordings are looked at", TIMEOUT, async () => {
  await onPage(async (page) => {
    const large = await page.evaluate(() => mediaChecks.look(2000, 1000, false, 24_576));
    expect(large).toMatchObject({ width: 2000, height: 1000, thumbnail: [320, 160] });
    expect(large.bytes).toBeLessThan(5000);
    const [red = [], blue = []] = [large.left, large.right];
    for (const [index, value] of [0xc0, 0x20, 0x20].entries())
      expect(Math.abs((red[index] ?? 0) - value)).toBeLessThan(20);
    for (const [index, value] of [0x20, 0x20, 0xc0].entries())
      expect(Math.abs((blue[index] ?? 0) - value)).toBeLessThan(20);
    const noise = await page.evaluate(() => mediaChecks.look(1000, 1000, true, 8000));
    expect(noise.bytes).toBeLessThanOrEqual(8000);
    const tiny = await page.evaluate(() => mediaChecks.look(20, 10, false, 24_576));
    expect(tiny).toMatchObject({ width: 20, height: 10, thumbnail: [20, 10] });
    expect(await page.evaluate(() => mediaChecks.lookAtNothing())).toBe("refused");
    const video = await page.evaluate(() => mediaChecks.lookAtVideo());
    expect(video).toMatchObject({ width: 640, height: 360, bytes: expect.any(Number) });
    const { sound, noSound } = await page.evaluate(() => mediaChecks.listen());
    expect(noSound).toBeUndefined();
    expect(sound?.duration).toBe(1000);
    expect(sound?.waveform).toHaveLength(64);
    expect(Math.max(...(sound?.waveform.slice(0, 31) ?? []))).toBe(0);
    expect(Math.min(...(sound?.waveform.slice(33) ?? []))).toBeGreaterThan(200);
  });
});

inBrowser(
  "a page uploads and downloads a file, over a network that fails in the middle",
  TIMEOUT,
  async () => {
    await onPage(async (page) => {
      await using server = await startTestServer({ corsAllowOrigins: [new URL(page.url()).origin] });
      await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
      const { client } = await newPerson(server);
      const { body } = await client.post("/chats", { body: { kind: "group", title: "Files", user_ids: [] } });
      const account = {
        server: `http://127.0.0.1:${proxy.port}`,
        token: client.token ?? "",
        chatId: body.id,
      };
      let cuts = 0;
      await page.exposeFunction("halfway", () => {
        if (cuts++ === 0) proxy.cut();
      });
      const outcome = await page.evaluate((who) => mediaChecks.transfer(who), account);
      expect(outcome).toEqual({ intact: true, sent: outcome.size, size: outcome.size });
      expect(cuts).toBeGreaterThan(0);

      const rejection = (chatId: number, cancel: boolean) =>
        page.evaluate(([who, stop]) => mediaChecks.uploadRejection(who, stop), [
          { ...account, chatId },
          cancel,
        ] as const);
      expect(await rejection(9_007_199_254_740_000, false)).toBe("not_a_member");
      expect(await rejection(body.id, true)).toBe("enough");
      proxy.refuse();
      expect(await rejection(body.id, false)).toBe("unreachable");
    });
  },
);
