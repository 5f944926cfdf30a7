import { checkConvergence, registerPeople, schedules, startTestServer } from "@tacit/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";

const SCHEDULES = 1_000;

/** `CONVERGENCE_SEED` is the first seed; a single one is repeated with convergence.test.ts. */
const first = Number(process.env.CONVERGENCE_SEED ?? Math.floor(Math.random() * 1e9));

test("after a thousand schedules of people with several devices, every device ends with the same state", async () => {
  await using server = await startTestServer();
  let people = await registerPeople(server);
  for (let index = 0; index < SCHEDULES; index += 1) {
    // Their access tokens live for 15 minutes, which is less than all of this may take.
    if (index % 100 === 99) people = await registerPeople(server);
    const seed = first + index;
    const [schedule] = fc.sample(schedules, { seed, numRuns: 1 });
    if (!schedule) throw new Error("no schedule");
    const { problems } = await checkConvergence(server, people, schedule);
    expect(problems, `CONVERGENCE_SEED=${seed}`).toEqual([]);
    if (index % 50 === 49) console.log(`schedule ${index + 1} of ${SCHEDULES}, from seed ${first}`);
  }
});
