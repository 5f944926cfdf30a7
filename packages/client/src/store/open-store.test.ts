import fc from "fast-check";
import { expect, test } from "vitest";
import type { LocalStore } from "./local-store.ts";
import { memory } from "./memory.ts";
import { openStore } from "./open-store.ts";

const id = fc.oneof(fc.nat(12), fc.constantFrom(99, 100, 1000, 2 ** 31, Number.MAX_SAFE_INTEGER));
const name = fc.oneof(fc.string({ unit: "binary", maxLength: 4 }), fc.stringMatching(/^[!"#}~ab]{0,4}$/));
const byUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function fill(store: LocalStore, collect: Parameters<LocalStore["write"]>[0]): Promise<void> {
  await store.write(collect);
}

test("rows with numbers come in the order of the numbers, within any bounds, from either end", async () => {
  const check = async (
    pairs: readonly (readonly [number, number])[],
    prefix: number,
    bounds: { after?: number; before?: number; limit?: number; reverse?: boolean },
  ) => {
    const store = await openStore(memory());
    await fill(store, (changes) => {
      for (const [chatId, message] of pairs) changes.put("unindexed", [chatId, message], true);
      changes.put("chat", [1], JSON.parse("{}"));
      changes.put("member", [prefix, 1], JSON.parse("{}"));
    });
    const { after = -1, before = Number.POSITIVE_INFINITY, limit, reverse } = bounds;
    const within = pairs.filter(([chat, message]) => chat === prefix && message > after && message < before);
    const sorted = within.sort(([, a], [, b]) => (reverse ? b - a : a - b)).slice(0, limit);
    expect(await store.keys("unindexed", { prefix: [prefix], ...bounds })).toEqual(sorted);
    expect(await store.range("unindexed", { prefix: [prefix], ...bounds })).toEqual(sorted.map(() => true));
    expect(await store.keys("unindexed")).toHaveLength(pairs.length);
  };
  const pairs = fc.uniqueArray(fc.tuple(id, id), { selector: String, maxLength: 30 });
  const bounds = fc.record(
    { after: id, before: id, limit: fc.nat(5), reverse: fc.boolean() },
    { requiredKeys: [] },
  );
  await fc.assert(fc.asyncProperty(pairs, id, bounds, check), { numRuns: 300 });
});

test("rows with names come in the order of their characters, whatever these are", async () => {
  const check = async (names: readonly string[], after: string, before: string) => {
    const store = await openStore(memory());
    await fill(store, (changes) => {
      for (const each of names) changes.put("setting", [each], each);
    });
    const sorted = [...names].sort(byUnit);
    expect(await store.keys("setting")).toEqual(sorted.map((each) => [each]));
    expect(await store.range("setting")).toEqual(sorted);
    const within = sorted.filter((each) => each > after && each < before);
    expect(await store.range("setting", { after, before })).toEqual(within);
  };
  await fc.assert(fc.asyncProperty(fc.uniqueArray(name, { maxLength: 20 }), name, name, check), {
    numRuns: 300,
  });
});

test("many rows are answered in the order in which they were asked for", async () => {
  const store = await openStore(memory());
  await fill(store, (changes) => {
    for (const each of ["a", "b"]) changes.put("setting", [each], each);
  });
  expect(await store.getMany("setting", [["b"], ["c"], ["a"], ["b"]])).toEqual(["b", undefined, "a", "b"]);
});

test("within a write the last word on a row counts", async () => {
  const store = await openStore(memory());
  await fill(store, (changes) => {
    changes.put("setting", ["a"], 1);
    changes.put("setting", ["a"], 2);
    changes.remove("setting", ["b"]);
    changes.put("setting", ["b"], 3);
    changes.put("setting", ["c"], 4);
    changes.remove("setting", ["c"]);
  });
  expect(await store.keys("setting")).toEqual([["a"], ["b"]]);
  expect(await store.range("setting")).toEqual([2, 3]);
});

test("writes land in the order in which they were asked for, and closing waits for them", async () => {
  const storage = memory();
  const store = await openStore(storage);
  const writes = Array.from({ length: 50 }, (_, at) =>
    store.write((changes) => changes.put("setting", ["a"], at)),
  );
  const closing = store.close();
  await expect(store.get("setting", ["a"])).rejects.toMatchObject({ code: "closed" });
  await expect(store.write(() => undefined)).rejects.toMatchObject({ code: "closed" });
  await Promise.all([...writes, closing, store.close()]);
  expect(await (await openStore(storage)).get("setting", ["a"])).toBe(49);
});

test("a write whose changes could not be put together changes nothing", async () => {
  const store = await openStore(memory());
  const failing = store.write((changes) => {
    changes.put("setting", ["a"], 1);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  const noJson = store.write((changes) => {
    changes.put("setting", ["a"], 1);
    changes.put("setting", ["b"], undefined);
  });
  await expect(noJson).rejects.toThrow(TypeError);
  for (const key of [-1, 0.5, Number.NaN, 2 ** 53])
    await expect(store.write((changes) => changes.remove("chat", [key]))).rejects.toThrow(RangeError);
  expect(await store.keys("setting")).toEqual([]);
});
