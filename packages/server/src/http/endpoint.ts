import type { BodyOf, EndpointDefinition, ParamsOf, QueryOf, ResponseOf } from "@tacit/protocol";
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from "fastify";
import type { Client } from "./client.ts";

/** The live session behind a request or a socket. */
export interface Caller {
  readonly userId: number;
  readonly sessionId: string;
}

/** A validated request. `caller` is there exactly when the endpoint asks for a session. */
export interface EndpointRequest<E extends EndpointDefinition> {
  readonly params: ParamsOf<E>;
  readonly query: QueryOf<E>;
  readonly body: BodyOf<E>;
  readonly caller: E["access"] extends "public" ? undefined : Caller;
  readonly client: Client;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly log: FastifyBaseLogger;
  /** For answers that stream. */
  readonly raw: FastifyRequest;
  /** For headers of the answer, and for answers that are not JSON. */
  readonly reply: FastifyReply;
}

/** An endpoint and what answers it. */
export interface Route {
  readonly endpoint: EndpointDefinition;
  readonly handler: (request: EndpointRequest<EndpointDefinition>) => Promise<unknown>;
}

/**
 * Binds a handler to an endpoint of the protocol. What it returns is the JSON body of a 200, or nothing for a 204;
 * what it throws becomes the error answer.
 */
export function route<E extends EndpointDefinition>(
  endpoint: E,
  handler: (request: EndpointRequest<E>) => Promise<ResponseOf<E>>,
): Route {
  return { endpoint, handler: handler as Route["handler"] };
}
