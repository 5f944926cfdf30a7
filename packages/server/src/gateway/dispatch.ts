import {
  type ClientEvent,
  type ClientEventOf,
  type ClientEventType,
  compileFrameValidators,
  type FrameReference,
  parseJson,
  referenceOf,
  type ServerEventOf,
  type Violation,
} from "@tacit/protocol";
import type { Logger } from "pino";
import { TacitError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/** How a frame is answered: `before` goes out first, then the `ok`; without an `ok` there is no answer. */
export interface FrameAnswer {
  readonly before?: readonly object[];
  readonly ok?: Omit<ServerEventOf<"ok">, "type" | "request_id" | "client_message_id">;
}

/** Carries out one kind of frame. What it throws is answered with `error`. */
export type FrameHandler<T extends ClientEventType> = (
  event: ClientEventOf<T>,
  connection: Connection,
) => Promise<FrameAnswer>;

/** Handlers by event. */
export type FrameHandlers = { readonly [T in ClientEventType]?: FrameHandler<T> };

/** A frame that was read and can be handled. */
export interface ReadFrame {
  /** The next frame of the socket may begin before this one is done: what it calls keeps the order of the calls. */
  readonly keepsOrder: boolean;
  /** Carries it out; what it resolves to answers it. Never throws. */
  handle(): Promise<SendAnswer>;
}

/** Sends the answer to a frame. @returns false if it is a refusal that counts as flooding. */
export type SendAnswer = () => boolean;

/** Reads one frame of a connection. Never throws. */
export type Dispatch = (connection: Connection, text: string) => ReadFrame;

/** Sends: the write batch numbers them in the order in which they were handed over, and answers in that order. */
const KEEP_ORDER: ReadonlySet<ClientEventType> = new Set(["send_message", "voice_message", "video_message"]);

/** Builds the way of a frame: parse, validate, look up the handler, answer. */
export function createDispatch(handlers: FrameHandlers, log: Logger): Dispatch {
  const validate = compileFrameValidators();
  return (connection, text) => {
    const refused = (reference: FrameReference, violations: readonly Violation[]): ReadFrame => ({
      keepsOrder: false,
      handle: async () => () => refuse(connection, reference, invalidFrame(violations)),
    });
    const parsed = parseJson(text);
    if (!parsed.valid)
      return refused("refused" in parsed ? referenceOf(parsed.refused) : {}, parsed.violations);
    const reference = referenceOf(parsed.value);
    const frame = validate(parsed.value);
    if (!frame.valid) return refused(reference, frame.violations);
    return {
      keepsOrder: KEEP_ORDER.has(frame.value.type),
      handle: async () => {
        try {
          const done = await handle(handlers, frame.value, connection);
          return () => answer(connection, reference, done);
        } catch (error) {
          const refusal = known(error, frame.value.type, log);
          return () => refuse(connection, reference, refusal);
        }
      },
    };
  };
}

async function handle(
  handlers: FrameHandlers,
  event: ClientEvent,
  connection: Connection,
): Promise<FrameAnswer> {
  const handler = handlers[event.type] as FrameHandler<ClientEventType> | undefined;
  if (!handler) throw invalidFrame([{ path: "/type", message: "is not a known event" }]);
  return await handler(event, connection);
}

function answer(connection: Connection, reference: FrameReference, { before = [], ok }: FrameAnswer): true {
  for (const frame of before) connection.send(frame);
  if (ok) connection.send({ type: "ok", ...reference, ...ok });
  return true;
}

/** @returns whether the frame is to be forgiven: its sender could not have known, or the server is at fault. */
function refuse(connection: Connection, reference: FrameReference, error: TacitError): boolean {
  const { details, membersVersion } = error.extras;
  connection.send({
    type: "error",
    error: error.message,
    code: error.code,
    ...reference,
    ...(details ? { details } : {}),
    ...(membersVersion === undefined ? {} : { members_version: membersVersion }),
  });
  return error.code === "stale_members" || error.status >= 500;
}

function invalidFrame(details: readonly Violation[]): TacitError {
  const [first] = details;
  const where = first ? nameOf(first.path) : "it";
  return new TacitError("invalid_input", {
    sentence: `The frame is not valid: ${where} ${first?.message ?? "is wrong"}.`,
    details,
  });
}

/** What a client named itself is in the details alone: a sentence is for people. */
function nameOf(path: string): string {
  if (path === "/") return "it";
  return /^[\w/]{1,100}$/.test(path) ? `the field ${path.slice(1)}` : "one of its fields";
}

function known(error: unknown, event: string, log: Logger): TacitError {
  if (error instanceof TacitError) {
    if (error.status >= 500) log.warn({ code: error.code, event }, "frame refused");
    return error;
  }
  log.error({ err: error, event }, "frame failed");
  return new TacitError("internal");
}
