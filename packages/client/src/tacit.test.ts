import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registered } from "./fixtures/registered.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it("two people who have just registered write to each other", async () => {
  const [alice, bob] = (await Promise.all([registered(server, "Alice"), registered(server, "Bob")])).map(
    ({ tacit }) => tacit,
  );
  if (!alice || !bob) throw new Error("nobody has registered");
  const chat = await alice.chats.withUser(bob.me.username);
  const arrivals = bob.arrivals();
  const first = arrivals.next();
  const sent = await chat.send("hi");
  expect(sent).toMatchObject({ text: "hi", isMine: true });
  const { value: received } = await first;
  expect(received).toMatchObject({ text: "hi", verified: true, state: "received" });
  expect(received?.sender.nickname).toBe("Alice");
  await arrivals.return();
  await Promise.all([alice.close(), bob.close()]);
});
