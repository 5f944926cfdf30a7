import type { Change, Tacit } from "@tacit/client";
import { expect, test } from "vitest";
import { Live } from "./live.ts";

/** Live changes that are told by hand. */
function told(): { readonly live: Live; readonly tell: (change: Change) => void } {
  let tell: (change: Change) => void = () => {};
  const on = ((_: unknown, listener: (change: Change) => void) => {
    tell = listener;
    return () => {};
  }) as Tacit["on"];
  const live = new Live({ on });
  return { live, tell: (change) => tell(change) };
}

test("a screen is drawn once for hundreds of changes that come together, and knows of each", async () => {
  const { live, tell } = told();
  let drawn = 0;
  const heard = new Promise<void>((resolve) => {
    live.subscribe(() => {
      drawn += 1;
      resolve();
    });
  });
  for (let userId = 1; userId <= 300; userId++) {
    tell({ kind: "presence", userId, online: true });
    // As between two frames of a socket.
    await undefined;
  }
  expect(live.version(["presence"])).toBe(300);
  expect(drawn).toBe(0);
  await heard;
  expect(drawn).toBe(1);
});

test("what comes later is heard of again", async () => {
  const { live, tell } = told();
  for (const online of [true, false]) {
    const heard = new Promise<void>((resolve) => {
      const stop = live.subscribe(() => {
        stop();
        resolve();
      });
    });
    tell({ kind: "presence", userId: 7, online });
    await heard;
  }
  expect(live.version(["presence", "chats"])).toBe(2);
});
