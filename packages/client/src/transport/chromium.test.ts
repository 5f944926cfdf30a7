import { startProxy, startTestServer, TestClient } from "@tacit/testkit";
import { HOW_TO_RUN, hasChromium } from "@tacit/testkit/chromium";
import { expect, it } from "vitest";
import { inChromium } from "../crypto/fixtures/chromium.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: connections of a page in Chromium, because ${HOW_TO_RUN}`);

/** As strict pages have it: whatever compiles code at run time fails from then on. */
const STRICTLY = `
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "script-src 'self'";
  document.head.append(policy);
  globalThis.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
`;
/** In a task of its own, since what a debugger runs may compile. */
const COMPILE = `new Promise((resolve) => setTimeout(() => {
  try { resolve(new Function("return 1")()); } catch { resolve("refused"); }
}))`;

it.runIf(chromium)(
  "a page signs in and stays connected, over a network that fails, until its session is ended",
  { timeout: 60_000 },
  () =>
    inChromium(new URL("./fixtures/page.ts", import.meta.url), async (page) => {
      await using server = await startTestServer({ corsAllowOrigins: [new URL(page.url()).origin] });
      await using proxy = await startProxy({ port: Number(new URL(server.url).port) });
      const client = await TestClient.register(server);
      const { login, password } = client.identity;
      await page.evaluate(STRICTLY);
      await page.evaluate(([url, body]) => signIn(url, body), [
        `http://127.0.0.1:${proxy.port}`,
        { login, password },
      ] as const);

      const answer = await page.evaluate(() => signed.connection.request({ type: "leave_chat", chat_id: 7 }));
      expect(answer).toMatchObject({ type: "ok", chat_id: 7 });

      proxy.pause();
      await page.evaluate(() => signed.watched.is("offline"));
      proxy.resume();
      await page.evaluate(() => signed.watched.online(2));

      proxy.refuse();
      await page.evaluate(() => signed.watched.is("offline"));
      await client.delete("/auth/sessions", { expectStatus: 204 });
      proxy.accept();
      await page.evaluate(() => signed.watched.is("closed"));
      expect(await page.evaluate(() => signed.session.ended)).toBe(true);
      expect(await page.evaluate("violations")).toEqual([]);
      expect(await page.evaluate(COMPILE)).toBe("refused");
    }),
);
