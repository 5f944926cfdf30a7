import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHAT, ME, ModelChat, messageRow, PEER, shownChat, tombstoneRow } from "./fixtures/model-chat.ts";
import { ReducedDevice } from "./fixtures/reduced-device.ts";
import type { Understood } from "./inputs.ts";

type Step =
  | { readonly do: "send"; readonly mine: boolean; readonly system: boolean }
  | { readonly do: "edit" | "delete" | "read"; readonly which: number }
  /** Takes the next events; of each, whether it is heard, and how often. */
  | { readonly do: "hear"; readonly times: number[] }
  | { readonly do: "ask"; readonly max: number }
  /** Asks for history; the answer comes so many steps later. */
  | { readonly do: "page"; readonly limit: number; readonly later: number };

const which = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      mine: fc.boolean(),
      system: fc.constant(false),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "send", mine: false, system: true }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("edit", "delete", "read"), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("hear" as const),
      times: fc.array(fc.constantFrom(0, 1, 1, 1, 2), { minLength: 1, size: "medium" }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("ask" as const), max: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("page" as const),
      limit: fc.integer({ min: 1, max: 4 }),
      later: fc.nat(4),
    }),
  },
);

class Run {
  readonly model: ModelChat;
  readonly device: ReducedDevice;
  #heard = 0;
  #pages: { page: Understood; in: number }[] = [];

  constructor(device: ReducedDevice, model = new ModelChat()) {
    this.device = device;
    this.model = model;
  }

  async start(): Promise<void> {
    await this.device.take(...this.model.catchUp(undefined));
    this.#heard = this.model.events.length;
  }

  async step(step: Step): Promise<void> {
    await this.#deliverPages();
    switch (step.do) {
      case "send":
        return this.model.send(step.mine ? ME : PEER, step.system);
      case "edit":
      case "delete":
      case "read":
        return this.model[step.do](step.which);
      case "hear":
        return await this.#hear(step.times);
      case "ask":
        await this.device.take(...this.model.catchUp(await this.device.seq(), step.max));
        return;
      case "page":
        return await this.#askForPage(step);
    }
  }

  get hasHeardAll(): boolean {
    return this.#heard === this.model.events.length;
  }

  /** All that is under way arrives, then everything is asked. */
  async settle(): Promise<void> {
    while (this.#pages.length > 0) await this.#deliverPages();
    await this.device.take(...this.model.catchUp(await this.device.seq()));
    await this.loadAll(3);
  }

  async loadAll(limit: number): Promise<void> {
    for (;;) {
      const chat = await this.device.chat();
      if (!chat || chat.historyComplete) return;
      await this.device.take(this.model.page(chat.oldestId ?? (chat.newestId ?? 0) + 1, limit));
    }
  }

  async #hear(times: readonly number[]): Promise<void> {
    for (const count of times) {
      const event = this.model.events[this.#heard];
      if (!event) return;
      this.#heard += 1;
      for (let time = 0; time < count; time += 1) await this.device.take(event);
    }
  }

  async #askForPage({ limit, later }: { limit: number; later: number }): Promise<void> {
    const chat = await this.device.chat();
    if (!chat || chat.historyComplete) return;
    const page = this.model.page(chat.oldestId ?? (chat.newestId ?? 0) + 1, limit);
    this.#pages.push({ page, in: later });
  }

  async #deliverPages(): Promise<void> {
    const due = this.#pages.filter((page) => page.in === 0);
    this.#pages = this.#pages.filter((page) => page.in > 0).map((page) => ({ ...page, in: page.in - 1 }));
    for (const { page } of due) await this.device.take(page);
  }
}

describe("live and caught up", () => {
  test("events lost, doubled and late, and history from any moment, leave what catching up alone gives", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.array(step, { maxLength: 60, size: "max" }), async (before, steps) => {
        const run = new Run(await ReducedDevice.open());
        for (let index = 0; index < before; index += 1) run.model.send(index % 3 === 0 ? ME : PEER);
        await run.start();
        for (const step of steps) await run.step(step);
        await run.settle();
        const fresh = new Run(await ReducedDevice.open(), run.model);
        await fresh.start();
        await fresh.loadAll(50);
        const view = await run.device.view();
        expect(view).toEqual(await fresh.device.view());
        expect(view.unread).toBe(run.model.unread);
      }),
      { numRuns: 300 },
    );
  });

  test("the number of unread messages is right after every event, or says that it is not sure", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.array(step, { maxLength: 40, size: "max" }), async (before, steps) => {
        const run = new Run(await ReducedDevice.open());
        for (let index = 0; index < before; index += 1) run.model.send(PEER);
        await run.start();
        for (const step of steps) {
          if (step.do === "hear") await run.step({ ...step, times: step.times.map(() => 1) });
          else if (step.do !== "ask") await run.step(step);
          const chat = await run.device.chat();
          if (run.hasHeardAll && !chat?.unreadUncertain) expect(chat?.unread).toBe(run.model.unread);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test("a message that a page left out, since it was gone by then, counts until it is told gone", async () => {
  const run = new Run(await ReducedDevice.open());
  for (let index = 0; index < 3; index += 1) run.model.send(PEER);
  await run.start();
  // Of the second, an edit is told after it is gone; of the first, only that it is gone.
  run.model.delete(0);
  run.model.edit(0);
  run.model.delete(0);
  await run.loadAll(5);
  const counts: unknown[] = [];
  for (let event = 0; event < 3; event += 1) {
    await run.step({ do: "hear", times: [1] });
    const { unread, unreadUncertain } = (await run.device.chat()) ?? {};
    counts.push(unreadUncertain ? "uncertain" : unread);
  }
  expect(counts.slice(1)).toEqual([2, 1]);
  expect(run.model.unread).toBe(1);
});

test("a message that only a page knew which a later one overtook counts until it is told gone", async () => {
  const run = new Run(await ReducedDevice.open());
  for (let index = 0; index < 3; index += 1) run.model.send(PEER);
  await run.start();
  await run.device.take(run.model.page(13, 1));
  run.model.delete(0);
  await run.step({ do: "hear", times: [1] });
  const overtaken = run.model.page(12, 1);
  run.model.delete(0);
  await run.device.take(run.model.page(12, 1));
  await run.device.take(overtaken);
  await run.step({ do: "hear", times: [1] });
  expect((await run.device.view()).unread).toBe(1);
  expect(run.model.unread).toBe(1);
});

describe("one chat", () => {
  async function deviceWith(...inputs: readonly Understood[]) {
    const device = await ReducedDevice.open();
    await device.take(...inputs);
    return device;
  }

  function live(seq: number, ...messages: Extract<Understood, { kind: "changes" }>["messages"]): Understood {
    return { kind: "changes", chatId: CHAT, after: seq - 1, seq, messages, members: [] };
  }

  test("a gap, and a chat that nobody told of, ask for a catch-up and change nothing", async () => {
    const device = await deviceWith({ kind: "chat", chat: shownChat(), latest: true });
    const gap = await device.take(live(5, messageRow({ id: 10, seq: 5 })));
    expect([...gap.behind]).toEqual([CHAT]);
    expect(await device.seq()).toBe(1);
    const unknown = await device.take({ ...live(2), chatId: 99 } as Understood);
    expect([...unknown.behind]).toEqual([99]);
  });

  test("an old page does not bring a deleted message back", async () => {
    const device = await deviceWith({
      kind: "chat",
      chat: shownChat({ seq: 4, last_message_id: 10, unread_count: 1 }),
      latest: true,
    });
    const page = { kind: "page", chatId: CHAT, oldestId: 10, complete: true, news: false } as const;
    await device.take(live(5, tombstoneRow({ id: 10, seq: 5 })));
    await device.take({ ...page, messages: [messageRow({ id: 10, seq: 4 })] });
    const view = await device.view();
    expect(view).toMatchObject({ messages: [], lastMessageId: null, unread: 0 });
  });

  test("the first message of a new chat is news, even if it was told before its page came", async () => {
    const device = await deviceWith({
      kind: "chat",
      chat: shownChat({ seq: 2, last_message_id: 10, unread_count: 1 }),
      latest: true,
    });
    const message = messageRow({ id: 10, seq: 2 });
    await device.take(live(2, message));
    const page = { kind: "page", chatId: CHAT, oldestId: 10, complete: true, news: true } as const;
    const { arrived } = await device.take({ ...page, messages: [message] });
    expect(arrived.get(CHAT)).toEqual([10]);
  });

  test("after the last message is deleted the one before is the last", async () => {
    const device = await deviceWith(
      { kind: "chat", chat: shownChat(), latest: true },
      live(2, messageRow({ id: 10, seq: 2 })),
      live(3, messageRow({ id: 11, seq: 3 })),
      live(4, tombstoneRow({ id: 11, seq: 4 })),
    );
    expect((await device.view()).lastMessageId).toBe(10);
  });

  test("my own message takes its row out of the outbox in the same write", async () => {
    const device = await deviceWith({ kind: "chat", chat: shownChat(), latest: true });
    const clientMessageId = crypto.randomUUID();
    device.awaited.set(clientMessageId, 3);
    const { confirmed, arrived } = await device.take(
      live(2, messageRow({ id: 10, seq: 2, senderId: ME, clientMessageId })),
    );
    expect(confirmed).toEqual([{ id: clientMessageId, chatId: CHAT }]);
    expect(arrived.size).toBe(0);
  });

  test("a chat once encrypted stays so, even if it went and came back", async () => {
    const device = await deviceWith({ kind: "chat", chat: shownChat({ encrypted: true }), latest: true });
    await device.take({ kind: "chat", chat: shownChat({ encrypted: false }), latest: true });
    expect((await device.chat())?.encrypted).toBe(true);
    await device.take({ kind: "gone", chatId: CHAT });
    expect(await device.chat()).toBeUndefined();
    await device.take({ kind: "chat", chat: shownChat({ encrypted: false }), latest: true });
    expect((await device.chat())?.encrypted).toBe(true);
  });

  test("who comes back to a group loads again what may still be read", async () => {
    const device = await deviceWith(
      { kind: "chat", chat: shownChat(), latest: true },
      live(2, messageRow({ id: 10, seq: 2 })),
    );
    await device.take({
      kind: "chat",
      chat: shownChat({ seq: 9, history_from_id: 20, last_message_id: 21, unread_count: 1 }),
      latest: true,
    });
    expect(await device.chat()).toMatchObject({ oldestId: 21, historyComplete: false });
    expect((await device.view()).messages).toEqual([]);
  });

  test("a server restored from a backup is believed: what it does not know is not shown", async () => {
    const device = await deviceWith(
      { kind: "chat", chat: shownChat(), latest: true },
      live(2, messageRow({ id: 10, seq: 2 })),
      live(3, messageRow({ id: 11, seq: 3 })),
    );
    const { adopted } = await device.take({
      kind: "chat",
      chat: shownChat({ seq: 2, last_message_id: 10, unread_count: 1 }),
      latest: true,
    });
    expect([...adopted]).toEqual([CHAT]);
    expect(await device.view()).toMatchObject({ seq: 2, messages: [], unread: 1 });
  });

  test("a message that was read elsewhere before it was caught up is no news", async () => {
    const device = await deviceWith({ kind: "chat", chat: shownChat(), latest: true });
    const { arrived } = await device.take(
      {
        kind: "chat",
        chat: shownChat({ seq: 3, last_message_id: 11, last_read_message_id: 10, unread_count: 1 }),
        latest: true,
      },
      {
        kind: "changes",
        chatId: CHAT,
        after: 1,
        seq: 3,
        messages: [messageRow({ id: 10, seq: 2 }), messageRow({ id: 11, seq: 3 })],
        members: [],
      },
    );
    expect(arrived.get(CHAT)).toEqual([11]);
  });

  test("more than a thousand unread messages stand as a thousand, and are counted again below", async () => {
    const device = await deviceWith({ kind: "chat", chat: shownChat(), latest: true });
    const messages = Array.from({ length: 1003 }, (_, index) =>
      messageRow({ id: index + 1, seq: index + 2 }),
    );
    await device.take({ kind: "changes", chatId: CHAT, after: 1, seq: 1004, messages, members: [] });
    expect((await device.view()).unread).toBe(1000);
    await device.take({ kind: "read", chatId: CHAT, userId: ME, messageId: 10, toTell: true });
    expect((await device.view()).unread).toBe(993);
    expect((await device.chat())?.readToTell).toBe(10);
  });

  test("members who were listed before somebody was removed stay removed", async () => {
    const device = await deviceWith({ kind: "chat", chat: shownChat(), latest: true });
    const removed = { user_id: PEER, removed: true, seq: 2 } as const;
    await device.take({ ...live(2), members: [removed] } as Understood);
    const member = {
      user_id: PEER,
      username: "p",
      nickname: "P",
      avatar: null,
      role: "member",
      joined_at: "2026-01-01T00:00:00.000Z",
      last_read_message_id: null,
      last_delivered_message_id: null,
    } as const;
    await device.take({ kind: "members", chatId: CHAT, seq: 1, members: [member] });
    expect(await device.store.get("member", [CHAT, PEER])).toMatchObject({ removed: true, seq: 2 });
    expect((await device.chat())?.membersLoaded).toBe(true);
  });
});
