import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import {
  compileTextValidator,
  compileValidator,
  type EndpointDefinition,
  ERRORS,
  LIMITS,
  type Method,
  parseJson,
  type Validated,
} from "@tacit/protocol";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { TacitError } from "../errors.ts";
import type { Metrics } from "../metrics.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import type { Client, ClientReader } from "./client.ts";
import type { Caller, EndpointRequest, Route } from "./endpoint.ts";
import { holdBackExpectedBodies, letBodyCome } from "./expect-continue.ts";
import { CONTENT_SECURITY_POLICY, servePages } from "./pages.ts";
import { endSlowBodies } from "./slow-body.ts";
import { answerBeforeTheBody, untilTheBodyEnds } from "./unread-body.ts";

/** What HTTP needs from the rest of the server. */
export interface HttpDependencies {
  readonly log: FastifyBaseLogger;
  readonly clients: ClientReader;
  readonly corsAllowOrigins: readonly string[];
  /** Where the built web app lies, if it is served. */
  readonly webDirectory: string | null;
  /** @throws {TacitError} `unauthorized` unless the header names a live session. */
  readonly authenticate: (authorization: string | undefined, client: Client) => Promise<Caller>;
  /** @throws {TacitError} `administrators_only` for anyone else. */
  readonly requireAdministrator: (userId: number) => Promise<void>;
  /** False until the database is there, and again once the server closes: then requests get 503. */
  readonly isReady: () => boolean;
  readonly metrics: Pick<Metrics, "requestSeconds">;
}

/** Builds the HTTP server with every route; it does not listen yet. */
export async function buildHttpServer(
  routes: readonly Route[],
  dependencies: HttpDependencies,
): Promise<FastifyInstance> {
  const server = Fastify({
    loggerInstance: dependencies.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LIMITS.jsonBodyBytes,
    // Slow bodies end in endSlowBodies, which lets uploads take the time that they need.
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 512 },
    exposeHeadRoutes: true,
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerBrokenRequest,
    // How often Node looks for headers that are late: by default only every 30 s.
    http: { connectionsCheckingInterval: 5_000 },
  });
  server.server.headersTimeout = 15_000;
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => JSON.stringify);
  server.setErrorHandler(answerError);
  const answerNotFound = notFound(routes);
  server.setNotFoundHandler(answerNotFound);
  holdBackExpectedBodies(server.server);
  endSlowBodies(server);
  answerBeforeTheBody(server);
  readJsonBodies(server);
  server.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions, log } = request;
    const route = routeOptions.url ?? "none";
    dependencies.metrics.requestSeconds.observe(
      { method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    log.debug(
      { method, route, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) },
      "request",
    );
  });
  await server.register(cors, {
    origin: [...dependencies.corsAllowOrigins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: [
      "Authorization",
      "Content-Type",
      "Range",
      "If-None-Match",
      "If-Match",
      "X-Device-Name",
      "X-App-Version",
    ],
    exposedHeaders: ["Retry-After", "ETag", "Content-Range", "Content-Disposition"],
    strictPreflight: false,
  });
  await server.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: false,
  });
  // Before a body is read: it is not looked at where nothing takes it.
  server.addHook("onRequest", async (request, reply) =>
    request.is404 ? answerNotFound(request, reply) : undefined,
  );
  await servePages(server, dependencies.webDirectory, dependencies.log);
  const [forms, others] = [true, false].map((isForm) =>
    routes.filter(({ endpoint }) => Boolean(endpoint.multipart) === isForm),
  );
  for (const entry of others ?? []) addRoute(server, entry, dependencies);
  await server.register(async (scope) => {
    leaveFormsUnread(scope);
    for (const entry of forms ?? []) addRoute(scope, entry, dependencies);
  });
  return server;
}

function addRoute(
  server: FastifyInstance,
  { endpoint, handler }: Route,
  dependencies: HttpDependencies,
): void {
  const read = requestReader(endpoint);
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  server.route({
    method: [endpoint.method].flat() as Method[],
    url: endpoint.path,
    ...(endpoint.rawBody ? { bodyLimit: endpoint.rawBody.maxBytes } : {}),
    config: { endsStalledBody: endpoint.multipart !== undefined },
    onRequest: async (request) => {
      admitted.set(request, await admit(endpoint, request, dependencies));
    },
    handler: async (request, reply) => {
      const answer = await handler({
        ...read(request),
        ...admitted.get(request),
        headers: request.headers,
        log: request.log,
        raw: request,
        reply,
      } as EndpointRequest<EndpointDefinition>);
      if (reply.sent || endpoint.rawResponse) return answer;
      if (endpoint.response) return answer;
      return reply.code(204).send();
    },
  });
}

/** Who sent a request that may go on. */
interface Admitted {
  readonly client: Client;
  readonly caller: Caller | undefined;
}

/** Comes before the body is read, so that a stranger learns nothing about what is valid, and costs no memory. */
async function admit(
  endpoint: EndpointDefinition,
  request: FastifyRequest,
  dependencies: HttpDependencies,
): Promise<Admitted> {
  if (!dependencies.isReady() && endpoint.tag !== "operations")
    throw new TacitError("not_ready", { retryAfter: 1 });
  const client = dependencies.clients.read(request.raw);
  if (endpoint.access === "public") return { client, caller: undefined };
  const caller = await dependencies.authenticate(request.headers.authorization, client);
  if (endpoint.access === "administrator") await dependencies.requireAdministrator(caller.userId);
  return { client, caller };
}

function requestReader(endpoint: EndpointDefinition) {
  const params = endpoint.params && compileTextValidator(endpoint.params);
  const query = endpoint.query && compileTextValidator(endpoint.query);
  const body = endpoint.body && compileValidator(endpoint.body);
  return (request: FastifyRequest) => ({
    params: params && requireValid(params(request.params)),
    query: query && requireValid(query(request.query)),
    body: endpoint.rawBody ? rawBody(request) : body && readBody(endpoint, request, body),
  });
}

function readBody(
  endpoint: EndpointDefinition,
  request: FastifyRequest,
  validate: (value: unknown) => Validated<unknown>,
) {
  if (request.body === undefined && endpoint.bodyOptional) return undefined;
  if (request.body instanceof Uint8Array) throw new TacitError("unsupported_media_type");
  return requireValid(validate(request.body === undefined ? {} : request.body));
}

function rawBody(request: FastifyRequest): Uint8Array {
  if (request.body instanceof Uint8Array) return request.body;
  throw new TacitError("unsupported_media_type");
}

/** @throws {TacitError} `invalid_input` that names every field that is wrong. */
function requireValid<T>(validated: Validated<T>): T {
  if (validated.valid) return validated.value;
  const [first] = validated.violations;
  throw new TacitError("invalid_input", {
    sentence: `${nameOf(first?.path ?? "/")} is not valid: it ${first?.message ?? "is wrong"}.`,
    details: validated.violations,
  });
}

/** What a client named itself is in the details alone: a sentence is for people. */
function nameOf(path: string): string {
  if (path === "/") return "The body";
  return /^[\w/-]{1,100}$/.test(path) ? `The field ${path.slice(1)}` : "One of the fields";
}

/** An empty body is no body, whatever its content type: an existing client sends JSON's on every DELETE. */
function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    /^application\/json(;|$)/,
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => {
      if (body.length === 0) return undefined;
      if (!isUtf8(body)) throw new TacitError("invalid_json", { sentence: "The body is not valid UTF-8." });
      return readJson(body.toString("utf8"));
    },
  );
  server.addContentTypeParser(
    "application/octet-stream",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => body,
  );
  server.addContentTypeParser("*", refuseContentType);
  server.addHook("preParsing", async ({ raw, headers, routeOptions }) => {
    const isWelcome = READ_WHOLE.test(headers["content-type"] ?? "");
    const isTooLong = Number(headers["content-length"]) > (routeOptions.bodyLimit ?? 0);
    if (isWelcome && !isTooLong) letBodyCome(raw);
  });
}

const READ_WHOLE = /^application\/(json|octet-stream)(;|$)/;

async function refuseContentType(request: FastifyRequest, body: IncomingMessage): Promise<undefined> {
  if (Number(request.headers["content-length"]) > 0) throw new TacitError("unsupported_media_type");
  letBodyCome(request.raw);
  for await (const chunk of body.iterator({ destroyOnReturn: false }))
    if (chunk.length > 0) throw new TacitError("unsupported_media_type");
  return undefined;
}

/** The handlers of these routes read their forms as they come: see {@link readForm}. */
function leaveFormsUnread(server: FastifyInstance): void {
  server.addContentTypeParser(/^multipart\/form-data\s*(;|$)/i, async () => undefined);
}

function readJson(text: string): unknown {
  const parsed = parseJson(text);
  if (parsed.valid || parsed.code === "invalid_input") return requireValid(parsed);
  const [violation] = parsed.violations;
  throw new TacitError("invalid_json", {
    sentence: `The body is not valid JSON: ${violation?.message ?? "it is broken"}.`,
  });
}

/** The framework's own refusals, as codes of ours. */
const FRAMEWORK_ERRORS: Readonly<Record<string, ConstructorParameters<typeof TacitError>>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["body_too_large"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported_media_type"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    "invalid_input",
    { sentence: "The body is not as long as Content-Length says." },
  ],
  FST_ERR_BAD_URL: ["invalid_input", { sentence: "The URL is not valid." }],
  FST_ERR_ASYNC_CONSTRAINT: ["invalid_input"],
};

function toTacitError(error: unknown): TacitError {
  if (error instanceof TacitError) return error;
  const framework = FRAMEWORK_ERRORS[(error as { code?: string } | null)?.code ?? ""];
  return framework ? new TacitError(...framework) : new TacitError("internal", { cause: error });
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = wasCutOff(request.raw) ? new TacitError("invalid_input") : toTacitError(error);
  if (known.status >= 500) logFailure(known, request);
  if (known.retryAfter !== undefined) void reply.header("retry-after", known.retryAfter);
  return reply.code(known.status).send(errorBody(known, request.id));
}

/** For URLs that cannot be read: no hook sees such a request. */
function answerUnroutable(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toTacitError(error);
  const body = JSON.stringify(errorBody(known, request.id));
  const answer = reply.code(known.status).type("application/json; charset=utf-8");
  return answer.send(untilTheBodyEnds(request, reply, body));
}

/** Nobody is there for the answer; it only must not look like a failure of the server. */
function wasCutOff({ destroyed, complete }: IncomingMessage): boolean {
  return destroyed && !complete;
}

/** The JSON of an error answer: never anything of the inside of the server. */
function errorBody(error: TacitError, requestId: string) {
  const { details, membersVersion } = error.extras;
  return {
    error: error.code === "internal" ? ERRORS.internal.sentence : error.message,
    code: error.code,
    ...(details ? { details } : {}),
    ...(membersVersion === undefined ? {} : { members_version: membersVersion }),
    ...(error.code === "internal" ? { request_id: requestId } : {}),
  };
}

function logFailure(error: TacitError, request: FastifyRequest): void {
  const route = request.routeOptions?.url;
  if (error.code === "internal") request.log.error({ err: error.extras.cause, route }, "request failed");
  else
    request.log.warn(
      { code: error.code, route, cause: (error.extras.cause as Error | undefined)?.message },
      "request refused",
    );
}

/** The answer to a path that exists but not for this method differs from the answer to one that does not exist. */
function notFound(routes: readonly Route[]) {
  const patterns = routes.map(({ endpoint }) => ({
    pattern: new RegExp(`^${endpoint.path.replace(/:\w+/g, "[^/]+").replace("*", ".*")}$`),
    methods: [endpoint.method].flat(),
  }));
  return (request: FastifyRequest, reply: FastifyReply) => {
    const [path = "/"] = request.url.split("?");
    const allowed = patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    const error = new TacitError(allowed.length > 0 ? "method_not_allowed" : "not_found");
    if (allowed.length > 0) void reply.header("allow", [...new Set(allowed)].join(", "));
    return reply.code(error.status).send(errorBody(error, request.id));
  };
}
