import type { Tacit } from "@tacit/client";
import { startProxy, startTestServer, type TcpProxy, type TestServer } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newAccount } from "../fixtures/town.ts";
import { type ChatRow, ChatRows } from "./chat-rows.ts";

const PATIENTLY = { timeout: 15_000 };

describe("the rows of the list of chats", () => {
  let server: TestServer;
  /** The way to the server, which can be cut. */
  let way: TcpProxy;
  const open: Tacit[] = [];
  const stops: (() => void)[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    way = await startProxy({ port: Number(new URL(server.url).port) });
  }, 60_000);
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  afterAll(async () => {
    await Promise.all(open.map((tacit) => tacit.close()));
    await way.close();
    await server.close();
  });

  const person = async (name: string) => {
    const account = await newAccount({ url: `http://127.0.0.1:${way.port}` }, name);
    open.push(account.tacit);
    return account;
  };

  const watch = (tacit: Tacit) => {
    const rows = new ChatRows(tacit);
    const seen = { emits: 0, reads: 0 };
    stops.push(rows.subscribe(() => seen.emits++));
    const titles = () => rows.list().map(({ title }) => title);
    const row = (title: string): ChatRow | undefined => rows.list().find((one) => one.title === title);
    return { rows, seen, titles, row };
  };

  it("have the last message, the count and the order right after a burst, and are told of few times", async () => {
    const [anna, boris, cleo] = await Promise.all(["Anna", "Boris", "Cleo"].map(person));
    if (!anna || !boris || !cleo) throw new Error("nobody came");
    const { seen, titles, row } = watch(anna.tacit);
    const fromBoris = await boris.tacit.chats.withUser(anna.username);
    const fromCleo = await cleo.tacit.chats.withUser(anna.username);
    for (let at = 1; at <= 30; at++) await fromBoris.send(`boris ${at}`);
    await boris.tacit.flush();
    for (let at = 1; at <= 10; at++) await fromCleo.send(`cleo ${at}`);

    await expect.poll(() => row("Cleo")?.last?.text, PATIENTLY).toBe("cleo 10");
    await expect.poll(() => row("Boris")?.last?.text, PATIENTLY).toBe("boris 30");
    expect(titles()).toEqual(["Cleo", "Boris"]);
    expect([row("Boris")?.unread, row("Cleo")?.unread]).toEqual([30, 10]);
    // Every message alone makes several changes: of the chat, of its messages, of its pointers.
    expect(seen.emits).toBeLessThan(60);
  });

  it("are read again only where something changed", async () => {
    const [anna, boris] = await Promise.all(["Anna", "Boris"].map(person));
    if (!anna || !boris) throw new Error("nobody came");
    const groups = await Promise.all(
      Array.from({ length: 12 }, (_, at) => anna.tacit.chats.createGroup({ title: `Group ${at}` })),
    );
    const chat = await anna.tacit.chats.withUser(boris.username);
    const { rows, row } = watch(anna.tacit);
    await chat.send("first");
    await expect.poll(() => row("Boris")?.last?.state, PATIENTLY).toBe("delivered");
    const before = new Map(rows.list().map((one) => [one.id, one]));
    await chat.send("second");
    await expect.poll(() => row("Boris")?.last?.text, PATIENTLY).toBe("second");
    expect(groups.filter(({ id }) => rows.get(id) !== before.get(id))).toEqual([]);
    expect(rows.get(chat.id)).not.toBe(before.get(chat.id));
  });

  it("show what waits to be sent, favourites first, take no notice of drafts, and lose chats that are gone", async () => {
    const [anna, boris] = await Promise.all(["Anna", "Boris"].map(person));
    if (!anna || !boris) throw new Error("nobody came");
    const old = await anna.tacit.chats.createGroup({ title: "Old" });
    const fresh = await anna.tacit.chats.createGroup({ title: "New" });
    const theirs = await boris.tacit.chats.createGroup({ title: "Theirs", members: [anna.username] });
    const { rows, titles, row } = watch(anna.tacit);
    await expect.poll(() => titles()[0], PATIENTLY).toBe("Theirs");

    await old.setFavorite(true);
    await expect.poll(titles, PATIENTLY).toEqual(["Old", "Theirs", "New"]);
    const before = row("New");
    await fresh.setDraft({ text: "not finished" });
    await expect.poll(() => fresh.draft?.text, PATIENTLY).toBe("not finished");
    await theirs.remove(anna.tacit.id);
    await expect.poll(titles, PATIENTLY).toEqual(["Old", "New"]);
    // Every key makes a draft: it is no news for the list.
    expect(rows.get(fresh.id)).toBe(before);

    way.refuse();
    await old.send("on its way");
    await expect.poll(() => row("Old")?.last?.text, PATIENTLY).toBe("on its way");
    expect(["queued", "sending"]).toContain(row("Old")?.last?.state);
    way.accept();
    await expect.poll(() => row("Old")?.last?.state, PATIENTLY).toBe("sent");
  });

  it("are not read while nobody listens, and are right again for who comes back", async () => {
    const [anna, boris] = await Promise.all(["Anna", "Boris"].map(person));
    if (!anna || !boris) throw new Error("nobody came");
    const rows = new ChatRows(anna.tacit);
    rows.subscribe(() => undefined)();
    const chat = await boris.tacit.chats.withUser(anna.username);
    await chat.send("while away");
    await expect.poll(() => anna.tacit.chats.get(chat.id)?.unread, PATIENTLY).toBe(1);
    expect(rows.list()).toEqual([]);
    stops.push(rows.subscribe(() => undefined));
    await expect.poll(() => rows.list()[0]?.last?.text, PATIENTLY).toBe("while away");
  });

  it("end a mute when its time has come", async () => {
    const anna = await person("Anna");
    const group = await anna.tacit.chats.createGroup({ title: "Loud" });
    const { row } = watch(anna.tacit);
    await group.mute(new Date(Date.now() + 3000));
    await expect.poll(() => row("Loud")?.mutedUntil, PATIENTLY).toBeInstanceOf(Date);
    await expect.poll(() => row("Loud")?.mutedUntil, PATIENTLY).toBeUndefined();
  });
});
