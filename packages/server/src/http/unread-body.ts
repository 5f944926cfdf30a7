import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** How much of a body that nobody wants is still taken off the wire. */
export interface DiscardLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

const DISCARD_LIMITS: DiscardLimits = { bytes: 64 * 1024 * 1024, milliseconds: 30_000 };

/**
 * Answers a request before its body has been read, whole and at once, and then discards the rest of that body; only then
 * does the connection go on to the next request, or end. To close it with octets unread would reset it (RFC 9112, section
 * 9.6): many clients send to the end before they look for the answer, would never see it, and try again for ever. A body
 * beyond the limits ends the connection.
 */
export function answerBeforeTheBody(server: FastifyInstance, limits = DISCARD_LIMITS): void {
  server.addHook("onSend", async (request, reply, payload) =>
    untilTheBodyEnds(request, reply, payload, limits),
  );
}

/** What {@link answerBeforeTheBody} makes of an answer, for one that passes no hooks. */
export function untilTheBodyEnds(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  limits = DISCARD_LIMITS,
): unknown {
  if (!isBodyOnItsWay(request.raw)) return payload;
  // The framework closes after a body that is too long, which is right only where that will not come.
  if (reply.hasHeader("connection") && reply.raw.shouldKeepAlive && request.headers.expect === undefined)
    void reply.header("connection", "keep-alive");
  const discarded = discardBody(request.raw, reply.raw, limits);
  if (typeof payload === "string" || payload instanceof Uint8Array) {
    void reply.header("content-length", Buffer.byteLength(payload));
    return Readable.from(endingWith([payload], discarded), { objectMode: false });
  }
  return payload instanceof Readable ? Readable.from(endingWith(payload, discarded)) : payload;
}

/** True while a request has a body of which not everything has come. */
export function isBodyOnItsWay({ headers, complete }: IncomingMessage): boolean {
  return !complete && (headers["transfer-encoding"] !== undefined || Number(headers["content-length"]) > 0);
}

/** The same content; its end is held back, because it is then that Node closes the connection or reads the next request. */
async function* endingWith<T>(content: Iterable<T> | AsyncIterable<T>, event: Promise<void>) {
  yield* content;
  await event;
}

/** Settles when the body has ended, or the connection, or is going to. */
function discardBody(
  request: IncomingMessage,
  response: ServerResponse,
  limits: DiscardLimits,
): Promise<void> {
  return new Promise((resolve) => {
    let remaining = limits.bytes;
    const stop = () => {
      clearTimeout(timer);
      request.off("data", count).off("end", stop).off("close", stop);
      resolve();
    };
    const cutOff = () => {
      stop();
      endConnection(request, response);
    };
    const count = (chunk: Uint8Array) => {
      remaining -= chunk.length;
      if (remaining < 0) cutOff();
    };
    const timer = setTimeout(cutOff, limits.milliseconds);
    request.on("data", count).on("end", stop).on("close", stop);
    request.resume();
  });
}

/** After what was answered has gone out. */
function endConnection(request: IncomingMessage, response: ServerResponse): void {
  request.pause();
  const end = () => request.socket.destroySoon();
  if (response.writableFinished) end();
  else response.once("finish", end);
}
