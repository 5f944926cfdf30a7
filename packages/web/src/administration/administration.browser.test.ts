import { memory, Tacit } from "@tacit/client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { seriousViolations } from "../fixtures/axe.ts";
import { go } from "../fixtures/go.ts";
import {
  DESKTOP,
  HOW_TO_RUN,
  hasChromium,
  type Person,
  PHONE,
  startWebTown,
  type WebTown,
} from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the administration in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("the administration", { timeout: 60_000 }, () => {
  let town: WebTown;
  let admin: Person;
  let bob: Person;
  beforeAll(async () => {
    town = await startWebTown();
    admin = await town.person("Ada");
    bob = await town.person("Bob");
  });
  afterAll(() => town.close());
  afterEach(() => expect(town.problems).toEqual([]));

  it("is closed to everybody else", async () => {
    const page = await bob.open({ path: "/administration" });
    await page.getByText("Only administrators of this server see this").waitFor();
    await go(page, "/settings");
    await page.getByRole("link", { name: "Devices" }).waitFor();
    expect(await page.getByRole("main").getByRole("link", { name: "Administration" }).count()).toBe(0);
  });

  it("an invitation is made, its link opens signing up with the code, and it can be withdrawn", async () => {
    const page = await admin.open({
      path: "/administration/invites",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const uses = page.getByLabel("How many people may use it");
    await uses.fill("0");
    await page.getByRole("button", { name: "Create an invitation" }).click();
    await page.getByText("A number from 1 to 1000.").waitFor();
    await uses.fill("3");
    await page.getByLabel("1 day").check();
    await page.getByRole("button", { name: "Create an invitation" }).click();
    await page.getByText("The invitation is made, and its link copied.").waitFor();
    await page.getByText(/^3 of 3 uses left, until /).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const [invite] = await admin.tacit.admin.invites();
    expect(link).toBe(`${new URL(page.url()).origin}/#/join/${invite?.code}`);

    const newcomer = await town.page({ path: new URL(link).hash.slice(1) });
    const code = newcomer.getByLabel("Invite code");
    await code.waitFor();
    expect(await code.inputValue()).toBe(invite?.code);

    await page.getByRole("button", { name: /^Withdraw invitation/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw", exact: true }).click();
    await page.getByText("No invitation can be used at the moment").waitFor();
    expect(await admin.tacit.admin.invites()).toEqual([]);
  });

  it("somebody who is disabled is signed out and cannot sign in, until the account is enabled", async () => {
    const carol = await town.person("Carol");
    const page = await admin.open({ path: "/administration/people" });
    await page.getByLabel("Search for a name, a username or an id").fill(carol.username);
    const cards = page.getByRole("main").getByRole("listitem");
    await expect.poll(() => cards.count()).toBe(1);
    await page.getByRole("button", { name: "What to do with Carol" }).click();
    await page.getByRole("menuitem", { name: "Disable the account" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable the account" }).click();
    await cards.getByText("Disabled", { exact: true }).waitFor();
    await expect.poll(() => carol.tacit.signedOut).toBe(true);
    const { login, password } = carol;
    const signIn = () => Tacit.login({ server: town.server.url, storage: memory(), login, password });
    await expect(signIn()).rejects.toMatchObject({ code: "account_disabled" });
    await page.getByRole("button", { name: "What to do with Carol" }).click();
    await page.getByRole("menuitem", { name: "Enable the account" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Enable the account" }).click();
    await page.getByText("The account of Carol is enabled.").waitFor();
    await (await signIn()).close();
  });

  it("administrators are made and unmade, but for the last one", async () => {
    const dora = await town.person("Dora");
    const page = await admin.open({ path: "/administration/people" });
    const change = async (name: string, what: string) => {
      await page.getByRole("button", { name: `What to do with ${name}` }).click();
      await page.getByRole("menuitem", { name: what }).click();
      await page.getByRole("dialog").getByRole("button", { name: what }).click();
    };
    await change("Ada", "No longer an administrator");
    await page.getByText("The last administrator has to stay one.").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await change("Dora", "Make an administrator");
    await page.getByText("Dora is an administrator.").waitFor();
    expect((await dora.tacit.account.profile()).is_admin).toBe(true);
    await change("Dora", "No longer an administrator");
    await page.getByText("Dora is no longer an administrator.").waitFor();
    expect((await dora.tacit.account.profile()).is_admin).toBe(false);
  });

  it("a report is read with what it reveals, resolved, and found again", async () => {
    const eve = await town.person("Eve");
    const revealed = { messages: [{ id: 1, sent_at: "2026-01-01T00:00:00Z", text: "<b>Nasty</b> words" }] };
    await bob.tacit.people.report(eve.tacit.me, { reason: "Not nice at all", revealed });
    const page = await admin.open({ path: "/administration/reports" });
    const report = page.getByRole("main").getByRole("listitem").filter({ hasText: "Not nice at all" });
    await report.getByText("<b>Nasty</b> words", { exact: true }).waitFor();
    expect(await report.innerText()).toContain(`Bob (@${bob.username}) reported Eve (@${eve.username})`);
    await report.getByRole("button", { name: "Resolve" }).click();
    await page.getByText("The report is resolved.").waitFor();
    await expect.poll(() => report.count()).toBe(0);
    await page.getByLabel("Resolved", { exact: true }).check();
    await report.getByRole("button", { name: "Reopen" }).click();
    await expect.poll(() => report.count()).toBe(0);
    await page.getByLabel("Open", { exact: true }).check();
    await report.getByRole("button", { name: "Disable the account" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable the account" }).click();
    await expect.poll(() => eve.tacit.signedOut).toBe(true);
    await report.getByRole("button", { name: "Dismiss" }).click();
    await page.getByLabel("Dismissed", { exact: true }).check();
    await report.waitFor();
  });

  it.each([
    ["a desktop", DESKTOP],
    ["a phone", PHONE],
  ])("axe finds nothing serious on %s", async (_, viewport) => {
    await admin.tacit.admin.createInvite({ uses: 2 });
    await bob.tacit.people.report(admin.tacit.me, { reason: "For the looks" });
    const page = await admin.open({ viewport });
    for (const [path, text] of [
      ["invites", /2 of 2 uses left/],
      ["people", `@${bob.username}`],
      ["reports", "For the looks"],
    ] as const) {
      await go(page, `/administration/${path}`);
      await page.getByText(text).first().waitFor();
      expect(await seriousViolations(page)).toEqual([]);
    }
  });
});
