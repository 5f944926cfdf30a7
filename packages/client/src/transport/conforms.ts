import { SystemNotice } from "@tacit/protocol";
import type { TSchema } from "typebox";
import { check } from "./schema-check.ts";

/**
 * Whether a value that came from the server is what the protocol says. Fields that this release does not know are
 * allowed, and a system message that tells of something unknown keeps its English text and loses its `system`, in
 * place: a newer server must not stop an older client from reading a whole chat.
 */
export function conforms(schema: TSchema, value: unknown): boolean {
  return check(schema, value) || (forgetUnknownNotices(value) && check(schema, value));
}

/** @returns whether there was any */
function forgetUnknownNotices(value: unknown): boolean {
  let found = false;
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) continue;
    if ("message_type" in next && next.message_type === "system" && "system" in next) {
      if (next.system !== null && !check(SystemNotice, next.system)) {
        next.system = null;
        found = true;
      }
    }
    for (const inner of Object.values(next)) if (typeof inner === "object" && inner) waiting.push(inner);
  }
  return found;
}
