import fc from "fast-check";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { checkSchedule } from "./fixtures/unsteady-check.ts";
import { schedules } from "./fixtures/unsteady-schedule.ts";
import { UnsteadyServer } from "./fixtures/unsteady-world.ts";

/**
 * Whatever networks do, people end with the same messages, once, in the same order, and nothing that was sent is lost.
 *
 * A schedule, and what its networks do, follow from its seed. The seed of one that failed is in the test's name:
 * `SDK_SCHEDULE_SEED=<seed>` runs that one alone, `SDK_SCHEDULE_SHOW=1` prints what happens in it, which is printed anyway if it fails. Races do not come out the
 * same every time: repeat it with `SDK_SCHEDULE_REPEAT=<times>`. `SDK_SCHEDULES=<number>` runs more than 30.
 */
const { SDK_SCHEDULE_SEED, SDK_SCHEDULE_SHOW, SDK_SCHEDULE_REPEAT, SDK_SCHEDULES } = process.env;

let server: UnsteadyServer;

beforeAll(async () => {
  server = await UnsteadyServer.start();
}, 60_000);

afterAll(() => server.close());

const first = SDK_SCHEDULE_SEED === undefined ? Math.floor(Math.random() * 1e9) : Number(SDK_SCHEDULE_SEED);
const count = SDK_SCHEDULE_SEED === undefined ? Number(SDK_SCHEDULES ?? 30) : Number(SDK_SCHEDULES ?? 1);
const seeds = Array.from({ length: count }, (_, index) => first + index);

const repeats = Number(SDK_SCHEDULE_REPEAT ?? 1);

const total = { sent: 0, edited: 0, deleted: 0, forwarded: 0 };
const kindsOf = (counts: typeof total) => Object.keys(counts) as (keyof typeof total)[];

test.each(seeds)(
  "nothing is lost or doubled on a bad network (SDK_SCHEDULE_SEED=%i)",
  async (seed) => {
    const lines: string[] = [];
    // A race may not come out the same again: this is all that there will ever be to see of it.
    onTestFailed(() => console.log(lines.join("\n")));
    const [schedule] = fc.sample(schedules, { seed, numRuns: 1 });
    if (!schedule) throw new Error("no schedule");
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const show = (line: string) => {
        lines.push(`${Math.round(performance.now())} ${line}`);
        if (SDK_SCHEDULE_SHOW) console.log(lines.at(-1));
      };
      const { problems, done } = await checkSchedule(server, schedule, seed, show);
      for (const kind of kindsOf(total)) total[kind] += done[kind];
      expect(problems).toEqual([]);
    }
  },
  60_000 * repeats,
);

// What little one schedule does says nothing.
if (seeds.length >= 30)
  test("much of what people wanted was done, so the comparison means something", () => {
    if (SDK_SCHEDULE_SHOW) console.log(total);
    expect(total.sent).toBeGreaterThan(5 * seeds.length);
    // Of each kind there are a few in thirty schedules, more or less: the soak looks at each.
    expect(total.edited + total.deleted + total.forwarded).toBeGreaterThan(seeds.length / 6);
  });
