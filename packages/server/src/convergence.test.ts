import {
  type Convergence,
  checkConvergence,
  type Person,
  registerPeople,
  schedules,
  startTestServer,
  type TestServer,
} from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * Any interleaving of what people do, at several devices of which some come and go, ends with all devices in the same state.
 *
 * A schedule follows from its seed. The seed of one that failed is in the test's name: `CONVERGENCE_SEED=<seed>` runs that one
 * alone, `CONVERGENCE_SHOW=1` prints what happens in it. Races do not come out the same every time: repeat it with
 * `CONVERGENCE_REPEAT=<times>`.
 */
const { CONVERGENCE_SEED, CONVERGENCE_SHOW, CONVERGENCE_REPEAT } = process.env;
const SCHEDULES = 30;

let server: TestServer;
let people: Person[];

beforeAll(async () => {
  server = await startTestServer();
  people = await registerPeople(server);
});

afterAll(() => server.close());

const first = CONVERGENCE_SEED === undefined ? Math.floor(Math.random() * 1e9) : Number(CONVERGENCE_SEED);
const count = CONVERGENCE_SEED === undefined ? SCHEDULES : 1;
const seeds = Array.from({ length: count }, (_, index) => first + index);

async function run(seed: number): Promise<Convergence> {
  const [schedule] = fc.sample(schedules, { seed, numRuns: 1 });
  if (!schedule) throw new Error("no schedule");
  if (CONVERGENCE_SHOW) console.log(JSON.stringify(schedule, null, 1));
  return await checkConvergence(server, people, schedule);
}

const total = { accepted: 0, refused: 0 };

test.each(seeds)("every device ends with the same state (CONVERGENCE_SEED=%i)", async (seed) => {
  for (let repeat = 0; repeat < Number(CONVERGENCE_REPEAT ?? 1); repeat += 1) {
    const { problems, accepted, refusals } = await run(seed);
    total.accepted += accepted;
    total.refused += [...refusals.values()].reduce((sum, times) => sum + times, 0);
    expect(problems).toEqual([]);
  }
});

test("most of what people wanted to do was done, so the comparison means something", () => {
  expect(total.accepted).toBeGreaterThan(total.refused);
});
