import type { ServerResponse } from "node:http";

/** Milliseconds. */
const PATIENCE = 3 * 60_000;

/** Ends an answer whose reader takes nothing for a while: it would hold an open file, and some memory, for ever. */
export function endIfStalled(response: ServerResponse, patience = PATIENCE): void {
  // Node counts a write as progress only when octets have left.
  response.setTimeout(patience, () => response.destroy());
}
