import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxy, startTestServer } from "@tacit/testkit";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { HOW_TO_RUN, hasChromium, startWebTown, type WebTown } from "./fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: keeping and renewing the web app, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("the app that a browser keeps", { timeout: 60_000 }, () => {
  let town: WebTown;
  beforeAll(async () => {
    town = await startWebTown();
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("opens without a network, with the emoji that were used; nothing else is answered from what is kept", async () => {
    await using proxy = await startProxy({ port: Number(new URL(town.server.url).port) });
    const page = await town.page({ origin: `http://127.0.0.1:${proxy.port}` });
    await kept(page);
    for (const path of ["/emoji/en/messages.json", "/health", "/docs"])
      expect([path, await statusOf(page, path)]).toEqual([path, 200]);
    proxy.refuse();
    await page.reload();
    await page.getByLabel("Login", { exact: true }).waitFor();
    expect(await statusOf(page, "/emoji/en/messages.json")).toBe(200);
    for (const path of ["/health", "/docs", "/emoji/ru/data.json"])
      expect([path, await statusOf(page, path)]).toEqual([path, "no answer"]);
    await page.context().close();
  });

  it("is exchanged for a new version when the person says so, in every tab", async () => {
    const web = await copyOf(town.server.config.webDirectory ?? "");
    await using server = await startTestServer({ webDirectory: web });
    const page = await town.page({ origin: server.url });
    await kept(page);
    const other = await page.context().newPage();
    await other.goto(page.url());

    await publishNewVersion(web);
    await page.reload();
    const useIt = page.getByRole("button", { name: "Use it now" });
    await useIt.waitFor();
    expect(await versionOf(page)).toBe("1");

    await useIt.click();
    await expect.poll(() => versionOf(page)).toBe("2");
    expect(await versionOf(other)).toBe("1");
    await other.getByRole("button", { name: "Use it now" }).click();
    await expect.poll(() => versionOf(other)).toBe("2");
    await page.context().close();
  });
});

/** Until the service worker has what it takes, and answers this page. */
async function kept(page: Page): Promise<void> {
  await page.getByLabel("Login", { exact: true }).waitFor();
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state), { timeout: 20_000 })
    .toBe("activated");
}

function statusOf(page: Page, path: string): Promise<number | string> {
  return page.evaluate(
    (url) =>
      fetch(url).then(
        ({ status }) => status,
        () => "no answer",
      ),
    path,
  );
}

/** A page that is just being loaded has none. */
function versionOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.documentElement.dataset.version ?? "1").catch(() => undefined);
}

async function copyOf(webDirectory: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tacit-web-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(webDirectory, folder, { recursive: true });
  return folder;
}

/** As a build would that changed nothing but the page. */
async function publishNewVersion(web: string): Promise<void> {
  const [page, worker] = await Promise.all(
    ["index.html", "sw.js"].map((name) => readFile(join(web, name), "utf8")),
  );
  if (page === undefined || worker === undefined) throw new Error("there is no build");
  const changed = page.replace("<html", '<html data-version="2"');
  expect(worker).toContain(integrityOf(page));
  for (const name of ["index.html", "sw.js"])
    await Promise.all([".br", ".gz"].map((ending) => rm(join(web, name + ending))));
  await writeFile(join(web, "index.html"), changed);
  await writeFile(
    join(web, "sw.js"),
    worker
      .replaceAll(integrityOf(page), integrityOf(changed))
      .replaceAll(/[0-9a-f]{16}/g, (hash) => hash.split("").reverse().join("")),
  );
}

function integrityOf(content: string): string {
  return `sha384-${createHash("sha384").update(content).digest("base64")}`;
}
