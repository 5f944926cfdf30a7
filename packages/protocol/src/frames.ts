import { isObject } from "./clean.ts";
import { type ClientEvent, type ClientEventType, clientEvents } from "./client-events.ts";
import { isForbidden } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { UUID_PATTERN } from "./schema.ts";
import { compileValidator, type Validated } from "./validate.ts";

/** Checks a parsed frame against the schema of its own `type`. Never throws, never changes its input. */
export type FrameValidator = (frame: unknown) => Validated<ClientEvent>;

/** Compiles the validators of all client events, with the rules of {@link compileValidator}. */
export function compileFrameValidators(): FrameValidator {
  const validators = new Map(
    Object.entries(clientEvents).map(([type, { schema }]) => [type, compileValidator(schema)]),
  );
  return (frame) => {
    if (!isObject(frame)) return refusal("/", "must be object");
    if (typeof frame.type !== "string") return refusal("/type", "is required");
    const validate = validators.get(frame.type as ClientEventType);
    return validate ? (validate(frame) as Validated<ClientEvent>) : refusal("/type", "is not a known event");
  };
}

function refusal(path: string, message: string): Validated<ClientEvent> {
  return { valid: false, violations: [{ path, message }] };
}

/** What an `error` needs so that the client knows which of its frames is meant. */
export interface FrameReference {
  readonly request_id?: string;
  readonly client_message_id?: string;
}

const UUID = new RegExp(UUID_PATTERN);

/** Reads the reference from a frame that may be invalid otherwise; invalid references are left out. */
export function referenceOf(frame: unknown): FrameReference {
  if (!isObject(frame)) return {};
  const { request_id, client_message_id } = frame;
  return {
    ...(isRequestId(request_id) && { request_id }),
    ...(typeof client_message_id === "string" && UUID.test(client_message_id) && { client_message_id }),
  };
}

/** The lengths are compared first, so that a text of any size is not taken apart. */
function isRequestId(value: unknown): value is string {
  if (typeof value !== "string" || value.length > 2 * LIMITS.requestIdCharacters) return false;
  return [...value].length <= LIMITS.requestIdCharacters && !isForbidden(value);
}
