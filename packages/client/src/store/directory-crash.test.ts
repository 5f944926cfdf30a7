import { expect, test } from "vitest";
import { directory } from "./directory.ts";
import { childOf } from "./fixtures/child.ts";
import { freshPath } from "./fixtures/place.ts";
import { openStore } from "./open-store.ts";

const WRITER = new URL("./fixtures/writer.ts", import.meta.url);

/** The rounds that the rows of the directory are of. */
async function roundsIn(path: string): Promise<Set<unknown>> {
  const store = await openStore(directory(path));
  const rows = await store.range("setting");
  await store.close();
  expect(rows).toHaveLength(20);
  return new Set(rows.map((row) => (row instanceof Object && "round" in row ? row.round : row)));
}

test("a program that is killed while it writes leaves whole writes, and all that it knew were written", {
  timeout: 60_000,
}, async () => {
  const startWriter = await childOf(WRITER);
  const path = await freshPath();
  let round = 0;
  for (const more of [1, 2, 90, 40, 61]) {
    const child = startWriter(path, String(round));
    await child.reached(round + more);
    await child.kill();
    const [found, ...others] = await roundsIn(path);
    expect(others).toEqual([]);
    expect(found).toBeGreaterThanOrEqual(child.last());
    round = child.last() + 1;
  }
});

test("a directory that another program has open is refused until that program is gone", {
  timeout: 60_000,
}, async () => {
  const startWriter = await childOf(WRITER);
  const path = await freshPath();
  const child = startWriter(path);
  await child.reached(3);
  await expect(directory(path).open()).rejects.toMatchObject({ code: "store_in_use" });
  await expect(directory(path).destroy()).rejects.toMatchObject({ code: "store_in_use" });
  await child.reached(child.last() + 3);
  await child.kill();
  expect((await roundsIn(path)).size).toBe(1);
});
