import type { SignInsResult } from "../load/sign-ins.ts";
import { milliseconds, ratioOf } from "../report.ts";
import type { Figure } from "../scenario.ts";
import { median, percentile, summary } from "../statistics.ts";

/** Clients that log in again and again; the server hashes two passwords at once. */
export const SOME = 4;
/** See {@link SOME}. */
export const MANY = 16;
/** Messages a second, beside which the logins come. */
export const RATE = 200;

/** What one run of the login scenario came to. */
export interface LoginRun {
  readonly some: SignInsResult;
  readonly many: SignInsResult;
  readonly refreshes: SignInsResult;
  readonly verifiesPerSecond: number;
  /** Milliseconds that messages took, with nothing beside them. */
  readonly alone: Float64Array;
  /** The same beside the logins of {@link MANY} clients. */
  readonly beside: Float64Array;
}

/** What the runs came to, as medians. */
export function loginFigures(runs: readonly LoginRun[]): Figure[] {
  return [
    ...logins(runs, SOME, ({ some }) => some),
    ...logins(runs, MANY, ({ many }) => many),
    {
      name: "Limit: Argon2 alone in one process, two at once",
      measured: summary(
        runs.map(({ verifiesPerSecond }) => verifiesPerSecond),
        rate,
        "/s",
      ),
    },
    {
      name: `\`POST /auth/refresh\`, ${MANY} clients`,
      measured: `${summary(
        runs.map(({ refreshes }) => refreshes.perSecond),
        rate,
        "/s",
      )}, ${latencies(runs, ({ refreshes }) => refreshes.latencies)}`,
    },
    {
      name: `One-to-one at ${RATE}/s, open loop, alone`,
      measured: latencies(runs, ({ alone }) => alone),
    },
    {
      name: `One-to-one at ${RATE}/s, open loop, beside the logins of ${MANY} clients`,
      measured: latencies(runs, ({ beside }) => beside),
      ratio: `p99 ${median(runs.map(({ alone, beside }) => percentile(beside, 0.99) / percentile(alone, 0.99))).toFixed(1)} × alone`,
    },
  ];
}

function logins(
  runs: readonly LoginRun[],
  clients: number,
  pick: (run: LoginRun) => SignInsResult,
): Figure[] {
  const rates = runs.map((run) => pick(run).perSecond);
  return [
    {
      name: `\`POST /auth/login\`, ${clients} clients`,
      measured: `${summary(rates, rate, "/s")}, ${latencies(runs, (run) => pick(run).latencies)}`,
      ratio: ratioOf(1, median(runs.map((run) => run.verifiesPerSecond / pick(run).perSecond)), "Argon2"),
    },
  ];
}

function latencies(runs: readonly LoginRun[], pick: (run: LoginRun) => Float64Array): string {
  const of = (share: number) => milliseconds(median(runs.map((run) => percentile(pick(run), share))));
  return `p50 ${of(0.5)}, p99 ${of(0.99)}`;
}

function rate(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
