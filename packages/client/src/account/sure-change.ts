import { keyEndpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { Calls } from "./server-keys.ts";

/**
 * Sends a change of the sealed bundle. If the answer is lost, the server is asked whether it was made: no two seals are alike.
 *
 * @param pkebymk the bundle as it is sent
 * @throws TacitError as `Api.call`; after `unreachable`, `timeout`, `bad_answer` and those of 5xx the change may yet be made
 */
export async function sendSurely(api: Calls, pkebymk: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const kept = await api.call(keyEndpoints.getKeys, {}).catch(() => undefined);
    if (kept?.pkebymk !== pkebymk) throw error;
  }
}

/** Whether nobody knows what became of a request that failed like this. */
export function mayHaveHappened(error: unknown): boolean {
  if (!(error instanceof TacitError)) return true;
  const { code, details } = error;
  return ["unreachable", "timeout", "bad_answer"].includes(code) || (details.status ?? 0) >= 500;
}
