import { setTimeout as delay } from "node:timers/promises";
import type { BenchOptions } from "../arguments.ts";
import { type Generators, startGenerators } from "../load/generators.ts";
import { createPairs, type Person } from "../load/people.ts";
import type { RawVerifyRequest } from "../load/raw-verify.ts";
import type { SignInsRequest, SignInsResult } from "../load/sign-ins.ts";
import { repeated, type Scenario } from "../scenario.ts";
import { type Child, startChild } from "../system/child.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { type ServerProcess, startServer } from "../system/server-process.ts";
import { type LoginRun, loginFigures, MANY, RATE, SOME } from "./login-figures.ts";
import { profileFigures } from "./profile.ts";
import { openBuiltIn } from "./raw-inserts.ts";

const PAIRS = 20;
/** As many hashes as the server works on at once. */
const HASHES_AT_ONCE = 2;
/** For what the storm needs to start and to end around the messages. */
const MARGIN_SECONDS = 4;
const REST_MS = 1_000;

/** Signing in, which costs what Argon2 costs, and what it costs the others. */
export const login: Scenario = {
  name: "login",
  expectedSeconds: ({ runs, seconds, profile }) =>
    10 + runs * (6 * seconds + 15) + (profile ? seconds + 10 : 0),
  run: (options, say) =>
    withTemporaryDirectory(async (directory) => {
      const server = await startServer({ dataDirectory: `${directory}/data` });
      const signIns = startChild<SignInsRequest, SignInsResult>(
        new URL("../load/sign-ins.js", import.meta.url),
      );
      try {
        say("accounts");
        const people = await createPairs(server.url, PAIRS);
        const messages = await startGenerators(server.url, people, 1);
        const runs = await repeated(options, say, () =>
          measure({ server, signIns, messages, people }, options),
        );
        await messages.end();
        await server.stop();
        if (!options.profile) return loginFigures(runs);
        say("one more run under the profiler");
        const profiled = await profileFigures(directory, "logins", async ({ url }, measured) => {
          const clients = people.slice(0, MANY);
          await measured(() => signIns.ask({ kind: "log-in", url, clients, seconds: options.seconds }));
        });
        return [...loginFigures(runs), ...profiled];
      } finally {
        await signIns.end();
        await server.stop();
      }
    }),
};

interface Bench {
  readonly server: ServerProcess;
  readonly signIns: Child<SignInsRequest, SignInsResult>;
  readonly messages: Generators;
  readonly people: readonly Person[];
}

async function measure(bench: Bench, { seconds }: BenchOptions): Promise<LoginRun> {
  const { server, signIns, messages, people } = bench;
  const ask = async (kind: SignInsRequest["kind"], clients: number, length: number) => {
    const request = { kind, url: server.url, clients: people.slice(0, clients), seconds: length };
    const result = await signIns.ask(request);
    await delay(REST_MS);
    return result;
  };
  const some = await ask("log-in", SOME, seconds);
  const many = await ask("log-in", MANY, seconds);
  const verifiesPerSecond = await verifyRaw(server, people, seconds);
  const refreshes = await ask("refresh", MANY, seconds);
  const alone = await messages.openLoop(seconds, RATE);
  const storm = ask("log-in", MANY, seconds + MARGIN_SECONDS);
  const beside = await messages.openLoop(seconds, RATE);
  await storm;
  return { some, many, verifiesPerSecond, refreshes, alone: alone.latencies, beside: beside.latencies };
}

/** With the hash that the server has made, so that its parameters are the server's. */
async function verifyRaw(
  { dataDirectory }: ServerProcess,
  [person]: readonly Person[],
  seconds: number,
): Promise<number> {
  if (!person) throw new RangeError("somebody has to have a password");
  const database = await openBuiltIn(dataDirectory);
  const [row] = await database.run(
    (sql) => sql<{ password_hash: string }[]>`
      SELECT password_hash FROM credentials WHERE user_id = ${person.userId}`,
  );
  await database.close();
  const child = startChild<RawVerifyRequest, { perSecond: number }>(
    new URL("../load/raw-verify.js", import.meta.url),
  );
  const { perSecond } = await child.ask({
    hash: row?.password_hash ?? "",
    password: person.password,
    atOnce: HASHES_AT_ONCE,
    seconds,
  });
  await child.end();
  return perSecond;
}
