import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { LIMITS } from "@tacit/protocol";
import { type WebSocket, WebSocketServer } from "ws";
import { TacitError } from "../errors.ts";
import type { Client, ClientReader } from "../http/client.ts";
import type { Caller } from "../http/endpoint.ts";

/** What the handshake needs from the rest of the server. */
export interface UpgradeDependencies {
  readonly clients: ClientReader;
  readonly corsAllowOrigins: readonly string[];
  /** @throws {TacitError} `unauthorized` unless the header names a live session. */
  readonly authenticate: (authorization: string | undefined, client: Client) => Promise<Caller>;
  readonly isReady: () => boolean;
  /** A socket that may be used: from here on it counts. */
  readonly onSocket: (socket: WebSocket, stream: Socket, caller: Caller) => void;
}

/** The subprotocol that the server answers a browser with. */
const SUBPROTOCOL = "tacit";
const BEARER = "bearer.";

/** Answers WebSocket handshakes (RFC 6455, section 4.2) at `/ws`; any other is refused with a plain HTTP status. */
export function acceptUpgrades(server: Server, dependencies: UpgradeDependencies): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  server.on("upgrade", (request, stream, head) => {
    stream.on("error", destroyIt);
    if (request.headers.upgrade?.toLowerCase() !== "websocket") {
      answerWithoutUpgrade(server, request, stream as Socket);
      return;
    }
    admit(request, dependencies).then(
      (caller) => {
        sockets.handleUpgrade(request, stream, head, (socket) =>
          dependencies.onSocket(socket, stream as Socket, caller),
        );
      },
      (error: unknown) => refuse(stream, error),
    );
  });
}

/**
 * The peer may vanish at any moment of the handshake; there is nobody left to tell. No closure of the handshake's, which
 * would keep its request and first octets in memory for as long as the socket is open.
 */
function destroyIt(this: Duplex): void {
  this.destroy();
}

/**
 * No other protocol is spoken here, so such a request means what it means without the wish (RFC 9110, section 7.8). Node
 * reads nothing more from this connection: it ends with the answer, and what has a body cannot be answered.
 */
function answerWithoutUpgrade(server: Server, request: IncomingMessage, stream: Socket): void {
  const { headers } = request;
  if (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0) {
    refuse(stream, new TacitError("invalid_input", { sentence: "A body cannot come with an upgrade." }));
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(stream);
  response.once("finish", () => stream.destroySoon());
  server.emit("request", request, response);
}

async function admit(request: IncomingMessage, dependencies: UpgradeDependencies): Promise<Caller> {
  const [path] = (request.url ?? "").split("?");
  if (path !== "/ws") throw new TacitError("not_found");
  if (!dependencies.isReady()) throw new TacitError("not_ready", { retryAfter: 1 });
  checkOrigin(request, dependencies);
  return await dependencies.authenticate(authorizationOf(request), dependencies.clients.read(request));
}

/** Without this, a page of any site could open a socket from its visitor's browser (RFC 6455, section 10.2). */
function checkOrigin(request: IncomingMessage, dependencies: UpgradeDependencies): void {
  const { origin } = request.headers;
  if (origin === undefined || dependencies.corsAllowOrigins.includes(origin)) return;
  const host = dependencies.clients.host(request);
  if (host !== undefined && URL.canParse(origin) && sameHost(new URL(origin), host)) return;
  throw new TacitError("origin_refused");
}

/** `Host` may name the scheme's default port, `Origin` never does. */
function sameHost(origin: URL, host: string): boolean {
  const own = `${origin.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === origin.host;
}

/** Browsers cannot set the header, so their token comes as a subprotocol: never in the URL, which is logged by proxies. */
function authorizationOf({ headers }: IncomingMessage): string | undefined {
  if (headers.authorization !== undefined) return headers.authorization;
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  const bearer = offered.find((name) => name.startsWith(BEARER));
  return bearer && offered.includes(SUBPROTOCOL) ? `Bearer ${bearer.slice(BEARER.length)}` : undefined;
}

function refuse(stream: Duplex, cause: unknown): void {
  const error = cause instanceof TacitError ? cause : new TacitError("internal", { cause });
  const body = JSON.stringify({ error: error.message, code: error.code });
  // The peer need not end its side, and no limit of the HTTP server counts here any more.
  stream.once("finish", () => stream.destroy());
  stream.resume();
  const retry = error.retryAfter === undefined ? "" : `Retry-After: ${error.retryAfter}\r\n`;
  stream.end(
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `${retry}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
