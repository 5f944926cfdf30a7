import { type ServerEvent, type ServerEventOf, type ServerEventType, serverEvents } from "@tacit/protocol";
import type { TacitError } from "../errors.ts";
import { conforms } from "./conforms.ts";
import { isErrorCode, refusal, refusedFields } from "./refusal.ts";

/** The code that stands for one of a later release: the frame was refused, and changed nothing. */
const UNKNOWN_CODE = "invalid_input";

/** A frame of the server's, read. `event` is left out if the frame is not one that this release can take. */
export interface ReadFrame {
  readonly event?: ServerEvent;
  /** Of the frame that this answers, also if the answer itself cannot be taken. */
  readonly requestId?: string;
}

/**
 * Reads a frame. One that is not of the protocol, or of a later release, is as good as one that never came: if it took a
 * `seq`, the gap brings a catch-up.
 */
export function readFrame(text: string): ReadFrame {
  const frame = known(parsed(text));
  if (typeof frame !== "object" || frame === null || !("type" in frame)) return {};
  const answers = frame.type === "ok" || frame.type === "error";
  const { request_id: id } = { request_id: undefined, ...frame };
  const requestId = answers && typeof id === "string" ? { requestId: id } : {};
  return isServerEvent(frame) ? { event: frame, ...requestId } : requestId;
}

/** The error that an `error` frame stands for. */
export function frameRefusal({ code, details }: ServerEventOf<"error">): TacitError {
  return refusal(code, UNKNOWN_CODE, refusedFields(details));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function known(frame: unknown): unknown {
  if (typeof frame !== "object" || frame === null) return undefined;
  if (!("type" in frame && frame.type === "error" && "code" in frame)) return frame;
  return isErrorCode(frame.code) ? frame : { ...frame, code: UNKNOWN_CODE };
}

function isServerEvent(frame: object): frame is ServerEvent {
  const type = "type" in frame ? frame.type : undefined;
  return isServerEventType(type) && conforms(serverEvents[type].schema, frame);
}

function isServerEventType(type: unknown): type is ServerEventType {
  return typeof type === "string" && Object.hasOwn(serverEvents, type);
}
