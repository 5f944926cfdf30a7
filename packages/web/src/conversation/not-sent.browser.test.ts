import { startProxy } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../fixtures/eventually.ts";
import { feedOf, said, write } from "../fixtures/feed.ts";
import { go } from "../fixtures/go.ts";
import { presentOtherIdentity } from "../fixtures/other-identity.ts";
import {
  HOW_TO_RUN,
  hasChromium,
  type Person,
  signIn,
  startWebTown,
  type WebTown,
} from "../fixtures/town.ts";

const chromium = hasChromium();
if (!chromium) console.warn(`Left out: the web app in a browser, because ${HOW_TO_RUN}`);

describe.runIf(chromium)("a message that is not out", { timeout: 90_000 }, () => {
  let town: WebTown;
  let alice: Person;
  beforeAll(async () => {
    town = await startWebTown();
    alice = await town.person("Alice");
  });
  afterEach(() => expect(town.problems).toEqual([]));
  afterAll(() => town?.close());

  /** Somebody new, with whom Alice has a chat. */
  async function met(name: string) {
    const person = await town.person(name);
    const { id } = await alice.tacit.chats.withUser(person.username);
    await eventually(() => person.tacit.chats.get(id)).toBeDefined();
    const theirs = person.tacit.chats.get(id);
    if (!theirs) throw new Error("it is there");
    const texts = async () => (await theirs.messages()).filter((one) => !one.system).map(({ text }) => text);
    return { person, id, texts };
  }

  it("because an identity has changed, says so, and goes out once the new one is accepted", async () => {
    const { person, id } = await met("Bob");
    const page = await alice.open();
    await go(page, `/chat/${id}`);
    await write(page, "before");
    await said(page, "before").getByText("Delivered").waitFor();
    await presentOtherIdentity(town, person);
    await page.reload();
    await said(page, "before").waitFor();
    await write(page, "after");
    await said(page, "after").getByText("Held back: somebody's identity has changed.").waitFor();
    await page.getByRole("alert").getByText("Bob's identity has changed").waitFor();
    await page.getByRole("alert").getByRole("button", { name: "Accept the new identity" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Accept the new identity" }).click();
    await page.getByRole("alert").getByText("Bob's identity has changed").waitFor({ state: "detached" });
    await feedOf(page).getByText("You accepted the new identity of Bob").waitFor();
    await said(page, "after")
      .getByText(/^(Sent|Delivered)$/)
      .waitFor();
    await page.context().close();
  });

  it("because it was refused, says why, and can be tried again or discarded", async () => {
    const { person, id, texts } = await met("Carol");
    const page = await alice.open();
    await go(page, `/chat/${id}`);
    await person.tacit.people.block(alice.tacit.id);
    for (const text of ["rash words", "kind words"]) {
      await write(page, text);
      await said(page, text).getByRole("button", { name: "Try again" }).waitFor();
      await said(page, text).getByText("Not sent").waitFor();
    }
    await said(page, "rash words").getByRole("button", { name: "Discard" }).click();
    await eventually(() => said(page, "rash words").count()).toBe(0);
    await person.tacit.people.unblock(alice.tacit.id);
    await said(page, "kind words").getByRole("button", { name: "Try again" }).click();
    await said(page, "kind words").getByText("Delivered").waitFor();
    expect(await texts()).toEqual(["kind words"]);
    await page.context().close();
  });

  it("because there is no network, waits, also over a reload, and goes out once", async () => {
    const { id, texts } = await met("Dora");
    await using proxy = await startProxy({ port: Number(new URL(town.server.url).port) });
    const page = await alice.open({ origin: `http://127.0.0.1:${proxy.port}` });
    await eventually(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe("activated");
    await go(page, `/chat/${id}`);
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    proxy.refuse();
    await page.getByText("Offline. What you write is sent when you are back.").waitFor();
    await write(page, "from the tunnel");
    await said(page, "from the tunnel").getByText("Waiting to be sent").waitFor();
    await page.reload();
    await said(page, "from the tunnel").getByText("Waiting to be sent").waitFor();
    await write(page, "still in it");
    await said(page, "still in it").getByText("Waiting to be sent").waitFor();
    proxy.accept();
    for (const text of ["from the tunnel", "still in it"])
      await said(page, text).getByText("Delivered").waitFor();
    expect(await texts()).toEqual(["from the tunnel", "still in it"]);
    expect(await feedOf(page).getByRole("article").filter({ hasText: "from the tunnel" }).count()).toBe(1);
    await page.context().close();
  });

  it("is shown from the first to the last, also while nothing of the chat's history is here", async () => {
    const { id, person } = await met("Emil");
    await person.tacit.chats.get(id)?.send("what this browser never gets");
    await using proxy = await startProxy({ port: Number(new URL(town.server.url).port) });
    const page = await town.page({ origin: `http://127.0.0.1:${proxy.port}` });
    await page.route(/\/chats\/\d+\/messages/, (route) => route.abort());
    await signIn(page, alice);
    await go(page, `/chat/${id}`);
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    proxy.refuse();
    await page.getByText("Offline. What you write is sent when you are back.").waitFor();
    const words = ["the first", "the second", "the third"];
    for (const text of words) {
      await write(page, text);
      await said(page, text).getByText("Waiting to be sent").waitFor();
    }
    for (const text of words) await said(page, text).waitFor();
    await page.context().close();
  });
});
