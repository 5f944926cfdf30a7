import { setTimeout as delay } from "node:timers/promises";
import { eachOf } from "../load/at-once.ts";
import { type Crowd, framesIn } from "../load/crowd.ts";
import { type Account, call } from "../load/people.ts";
import { grouped } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, spread } from "../statistics.ts";
import { withLargeGroup } from "./large-group.ts";

const MEMBERS = 1_000;
/** Frames a second beyond the deliveries: 50 announcements in a window of 250 ms, each to its mover and one author, make 400. */
const TARGET = 500;
const REST_MS = 1_000;
/** Requests under way at once. */
const AT_ONCE = 50;

/** One message to a large group, whose members all receive and read it at once and say so. */
export const pointers: Scenario = {
  name: "pointers",
  expectedSeconds: ({ runs }) => 45 + runs * 12,
  run: (options, say) =>
    withLargeGroup(MEMBERS, options, say, async ({ server, chatId, people, crowd }) => {
      const runs = await repeated(options, say, async () => {
        const measured = await measure(server.url, crowd, chatId, people);
        await delay(REST_MS);
        return measured;
      });
      return figures(runs);
    }),
};

interface Run {
  readonly deliveries: number;
  readonly pointerFrames: number;
  readonly requestSeconds: number;
  /** From the first request until the last frame had arrived. */
  readonly seconds: number;
}

async function measure(url: string, crowd: Crowd, chatId: number, people: readonly Account[]): Promise<Run> {
  const before = await crowd.quiet();
  await crowd.writeOnce(chatId);
  const delivered = await crowd.quiet();
  const begin = performance.now();
  await eachOf(people, AT_ONCE, async ({ token }) => {
    await call(url, `/chats/${chatId}/delivered`, {}, token);
    await call(url, `/chats/${chatId}/read`, {}, token);
  });
  const requestSeconds = (performance.now() - begin) / 1000;
  let end = performance.now();
  let after = await crowd.count();
  for (let idle = 0; idle < 10; idle += 1) {
    await delay(100);
    const next = await crowd.count();
    if (framesIn(next) === framesIn(after)) continue;
    [after, end, idle] = [next, performance.now(), 0];
  }
  const pointerFrames = (count: typeof after) => framesIn(count, "message_read", "message_delivered");
  return {
    deliveries: framesIn(delivered, "message_new") - framesIn(before, "message_new"),
    pointerFrames: pointerFrames(after) - pointerFrames(before),
    requestSeconds,
    seconds: (end - begin) / 1000,
  };
}

function figures(runs: readonly Run[]): Figure[] {
  const perSecond = runs.map(({ pointerFrames, seconds }) => pointerFrames / seconds);
  const of = (pick: (run: Run) => number) => grouped(median(runs.map(pick)));
  return [
    {
      name: `Frames a second for the read pointers of ${grouped(MEMBERS)} members who read at once`,
      target: `at most ${TARGET}/s`,
      measured: `${grouped(median(perSecond))}/s (${spread(perSecond, grouped)})`,
      ok: median(perSecond) <= TARGET,
    },
    {
      name: "… in all",
      measured: `${of(({ deliveries }) => deliveries)} deliveries of the messages, ${of(({ pointerFrames }) => pointerFrames)} frames for ${grouped(2 * MEMBERS)} movements, which took ${median(runs.map(({ requestSeconds }) => requestSeconds)).toFixed(1)} s to ask for`,
    },
  ];
}
