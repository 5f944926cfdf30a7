import type { FastifyInstance } from "fastify";
import { isBodyOnItsWay } from "./unread-body.ts";

/** Milliseconds that a body may take which is read as a whole. */
const PATIENCE = 120_000;

/**
 * Ends connections whose body has not come in time. Node's own `requestTimeout` would end uploads too, which may take as
 * long as a slow network needs: routes with `config.endsStalledBody` look after that themselves.
 */
export function endSlowBodies(server: FastifyInstance, patience = PATIENCE): void {
  server.addHook("onRequest", async ({ raw, routeOptions }, reply) => {
    if (routeOptions.config.endsStalledBody || !isBodyOnItsWay(raw)) return;
    const end = () => {
      // What was answered already has a limit of its own.
      if (isBodyOnItsWay(raw) && !reply.raw.headersSent) raw.destroy();
    };
    const timer = setTimeout(end, patience);
    reply.raw.once("close", () => clearTimeout(timer));
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route reads its body as a stream, and ends it when nothing more comes. */
    endsStalledBody?: boolean;
  }
}
