import { startTestServer, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newPerson, type Person } from "../fixtures/person.ts";
import { memory } from "../store/memory.ts";
import { chatOf, openDevice } from "./fixtures/device.ts";
import { textsFor } from "./fixtures/reading.ts";

let server: TestServer;
let anna: Person;
let bert: Person;

beforeAll(async () => {
  server = await startTestServer();
  [anna, bert] = await Promise.all([newPerson(server), newPerson(server)]);
});

afterAll(() => server.close());

/** What happens after so many changes of the outbox. */
const trouble = fc.record({
  after: fc.integer({ min: 1, max: 12 }),
  what: fc.constantFrom("cut", "slow", "restart"),
});

const MESSAGES = 8;

it("whenever the network breaks or the program ends, everything arrives once and in order", async () => {
  const property = fc.asyncProperty(fc.array(trouble, { minLength: 1, maxLength: 5 }), async (troubles) => {
    const chats = [await chatOf(anna, [bert]), await chatOf(anna, [bert])];
    const storage = memory();
    const texts = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
    let phone = await openDevice(server, anna, { storage, chats });
    for (const text of texts) for (const chat of chats) await phone.say(chat, text);
    for (const { after, what } of troubles) {
      await changes(phone, after, chats);
      if (what === "cut") phone.network.cut();
      if (what === "slow") phone.network.delay(15);
      if (what !== "restart") continue;
      await phone.close();
      phone = await openDevice(server, anna, { storage, chats });
    }
    for (const chat of chats) await phone.sent(chat);
    await phone.close();
    for (const chat of chats) expect(await textsFor(bert, chat)).toEqual(texts);
  });
  await fc.assert(property, { numRuns: 20 });
}, 120_000);

type Phone = Awaited<ReturnType<typeof openDevice>>;

/** Resolves after so many changes of the outbox, or when it is empty. */
async function changes(phone: Phone, count: number, chats: readonly number[]): Promise<void> {
  let left = count;
  const stop = phone.changes.listen(({ kind }) => {
    if (kind === "outbox") left -= 1;
  });
  await phone.until(async () => {
    const waiting = await Promise.all(chats.map((chat) => phone.outbox.list(chat)));
    return left <= 0 || waiting.every((rows) => rows.length === 0);
  });
  stop();
}
