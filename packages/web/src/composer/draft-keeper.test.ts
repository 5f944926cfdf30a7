import type { Draft } from "@tacit/client";
import { expect, it, vi } from "vitest";
import { DraftKeeper } from "./draft-keeper.ts";

/** A store whose writes end when the test lets them. */
function slowStore() {
  const written: (string | undefined)[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const write = (draft: Draft | null) => {
    written.push(draft?.text);
    return new Promise<void>((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve()));
    });
  };
  const end = async (error?: Error) => {
    ends.shift()?.(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { written, write, end };
}

it("one write is under way at a time, and the latest is the next", async () => {
  const store = slowStore();
  const keeper = new DraftKeeper(undefined, store.write, () => undefined);
  for (const text of ["a", "ab", "abc"]) keeper.keep({ text });
  expect(store.written).toEqual(["a"]);
  await store.end();
  expect(store.written).toEqual(["a", "abc"]);
  expect(keeper.isDone).toBe(false);
  await store.end();
  expect(keeper.isDone).toBe(true);
});

it("what is kept already is not kept again", () => {
  const store = slowStore();
  const keeper = new DraftKeeper({ text: "here", replyToId: 3 }, store.write, () => undefined);
  keeper.keep({ text: "here", replyToId: 3 });
  expect(store.written).toEqual([]);
  keeper.keep({ text: "here" });
  expect(store.written).toEqual(["here"]);
});

it("before the page goes, the latest does not wait for the one before", async () => {
  const store = slowStore();
  const keeper = new DraftKeeper(undefined, store.write, () => undefined);
  keeper.keep({ text: "a" });
  keeper.keep({ text: "ab" });
  keeper.flush();
  expect(store.written).toEqual(["a", "ab"]);
  await store.end();
  await store.end();
  expect(keeper.isDone).toBe(true);
});

it("a write that fails is tried again, and told of until it works", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const store = slowStore();
    const results: unknown[] = [];
    const keeper = new DraftKeeper(undefined, store.write, (error) => results.push(error));
    const full = new Error("full");
    keeper.keep({ text: "a" });
    await store.end(full);
    expect(results).toEqual([full]);
    vi.advanceTimersByTime(2000);
    expect(store.written).toEqual(["a", "a"]);
    await store.end();
    expect(results).toEqual([full, undefined]);
    expect(keeper.isDone).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
