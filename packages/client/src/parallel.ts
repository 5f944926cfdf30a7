/**
 * Runs a task for each item, at most so many at a time.
 *
 * @returns what the tasks gave, in the order of the items
 * @throws what the first failing task threw; no further task is begun then
 */
export async function inParallel<T, R>(
  items: readonly T[],
  atMost: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let failed = false;
  const work = async () => {
    for (const [at, item] of queue) {
      if (failed) return;
      results[at] = await task(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, work));
  return results;
}
