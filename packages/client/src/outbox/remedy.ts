import { CryptoError } from "../crypto/errors.ts";
import { TacitError, type TacitErrorCode } from "../errors.ts";
import type { OutboxRecord } from "../store/tables.ts";

/**
 * What helps after a try that did not succeed. `reconnect`: the network; `renew`: encrypting for the members of now; `wait`:
 * time; `person`: somebody has to decide; `upload`: uploading the files anew, if that is still possible; `nothing`: it has failed.
 */
export type Remedy = "reconnect" | "renew" | "wait" | "person" | "upload" | "nothing";

const REMEDIES: Partial<Record<TacitErrorCode, Remedy>> = {
  unreachable: "reconnect",
  timeout: "reconnect",
  closed: "reconnect",
  signed_out: "reconnect",
  unauthorized: "reconnect",
  stale_members: "renew",
  envelopes_required: "renew",
  internal: "wait",
  not_ready: "wait",
  busy: "wait",
  storage_full: "wait",
  too_many_attempts: "wait",
  store_full: "wait",
  identity_changed: "person",
  unknown_file: "upload",
};

/** What helps after this error. Of what nobody has thought of, nothing does: so it is shown, and not repeated for ever. */
export function remedyOf(error: unknown): Remedy {
  if (!(error instanceof TacitError)) return "nothing";
  const { retryAfter, status = 0 } = error.details;
  return (
    REMEDIES[error.code] ?? (retryAfter !== undefined || status === 429 || status >= 500 ? "wait" : "nothing")
  );
}

/**
 * Whether this answer to a send says for sure that the message is not stored, by this try or by one before. The server looks for a
 * duplicate before it refuses anything but strangers.
 */
export function saysNotStored(error: unknown): boolean {
  if (!(error instanceof TacitError) || error.code === "not_a_member" || error.code === "bad_answer")
    return false;
  const remedy = remedyOf(error);
  return remedy !== "reconnect" && remedy !== "wait";
}

/** What the person is told. Of an error that is not ours, nothing: it could hold anything. */
export function failureOf(error: unknown): NonNullable<OutboxRecord["failure"]> {
  if (error instanceof TacitError) {
    const { userIds } = error.details;
    return { code: error.code, message: error.message, ...(userIds && { userIds }) };
  }
  if (error instanceof CryptoError) return { code: error.code, message: error.message };
  return { code: "not_possible", message: "This cannot be sent." };
}
