import { answerParent } from "../system/child.ts";
import { type Account, call } from "./people.ts";

/** What a process that signs people in is asked for; each of them is a client of their own that does one thing after the other. */
export interface SignInsRequest {
  readonly kind: "log-in" | "refresh";
  readonly url: string;
  readonly clients: readonly Account[];
  readonly seconds: number;
}

/** What the clients of a closed loop came to. */
export interface SignInsResult {
  readonly perSecond: number;
  /** Milliseconds of each. */
  readonly latencies: Float64Array;
}

/** Not measured. */
const WARM_UP_MS = 1_000;

interface SignedIn {
  readonly refresh_token: string;
}

answerParent(async ({ kind, url, clients, seconds }: SignInsRequest): Promise<SignInsResult> => {
  const logIn = ({ login, password }: Account) => call<SignedIn>(url, "/auth/login", { login, password });
  if (kind === "log-in") return await closedLoop(clients, seconds, logIn);
  const tokens = new Map<Account, string>();
  for (const client of clients) tokens.set(client, (await logIn(client)).refresh_token);
  return await closedLoop(clients, seconds, async (client) => {
    const refreshed = await call<SignedIn>(url, "/auth/refresh", { refresh_token: tokens.get(client) });
    tokens.set(client, refreshed.refresh_token);
  });
});

async function closedLoop(
  clients: readonly Account[],
  seconds: number,
  work: (client: Account) => Promise<unknown>,
): Promise<SignInsResult> {
  const begin = performance.now() + WARM_UP_MS;
  const end = begin + seconds * 1000;
  const latencies: number[] = [];
  const repeat = async (client: Account) => {
    for (let from = performance.now(); from < end; ) {
      await work(client);
      const to = performance.now();
      if (to >= begin && to < end) latencies.push(to - from);
      from = to;
    }
  };
  await Promise.all(clients.map(repeat));
  return { perSecond: latencies.length / seconds, latencies: Float64Array.from(latencies) };
}
