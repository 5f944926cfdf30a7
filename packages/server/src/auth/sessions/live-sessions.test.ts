import { expect, it } from "vitest";
import { localBus } from "../../bus/local.ts";
import { liveSessions } from "./live-sessions.ts";

it("a lookup that a revocation overtakes does not bring the session back", () => {
  const bus = localBus();
  const live = liveSessions(bus);
  live.add("a", 1, 0);
  bus.publish("session.revoked", { sessionIds: ["a", "b"] });
  expect(live.get("a")).toBeUndefined();
  expect([live.isRevoked("a"), live.isRevoked("b"), live.isRevoked("c")]).toEqual([true, true, false]);
});

it("only so many sessions are kept in memory", () => {
  const live = liveSessions(localBus());
  for (let n = 0; n <= 20_000; n += 1) live.add(`session ${n}`, n, 0);
  expect(live.get("session 0")).toBeUndefined();
  expect(live.get("session 1")?.userId).toBe(1);
  expect(live.get("session 20000")?.userId).toBe(20_000);
});
