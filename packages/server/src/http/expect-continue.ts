import type { IncomingMessage, Server, ServerResponse } from "node:http";

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * `Expect: 100-continue` (RFC 9110, section 10.1.1): such a client sends its body when it is asked to, so one that is
 * refused need not send it at all.
 */
export function holdBackExpectedBodies(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    server.emit("request", request, response);
  });
}

/** Asks for the body, if the client waits for that. Whoever reads a body calls this first. */
export function letBodyCome(request: IncomingMessage): void {
  waiting.get(request)?.writeContinue();
  waiting.delete(request);
}
