import type {
  BodyOf,
  ClientEvent,
  EndpointDefinition,
  ParamsOf,
  QueryOf,
  ResponseOf,
  ServerEvent,
  ServerEventOf,
} from "@tacit/protocol";

/** The parts of a request that an endpoint has. */
export type CallInput<E extends EndpointDefinition> = Field<"params", ParamsOf<E>> &
  Field<"query", QueryOf<E>> &
  Field<"body", BodyOf<E>> & { readonly signal?: AbortSignal; readonly ifMatch?: string };

type Field<Name extends string, T> = undefined extends T
  ? { readonly [N in Name]?: T }
  : { readonly [N in Name]: T };

/** REST calls of one signed-in account, each checked against the protocol's own schema. */
export interface Api {
  /** As `https://chat.example.org`, without a slash at the end. */
  readonly server: string;
  /**
   * Calls an endpoint with the account's access token, which is renewed before it expires; after a 401, once more with a new
   * one.
   *
   * @throws TacitError with the server's code, or `unreachable`, `timeout`, `bad_answer`, `signed_out`; the signal's reason.
   */
  call<const E extends EndpointDefinition>(endpoint: E, input: CallInput<E>): Promise<ResponseOf<E>>;
  /** The access token, renewed if it is about to expire: for what is not JSON. @throws TacitError as {@link Api.call}. */
  accessToken(): Promise<string>;
}

/** Where the connection stands. `offline` says when the next try is due. */
export type ConnectionState =
  | { readonly status: "connecting" }
  | { readonly status: "online" }
  | { readonly status: "offline"; readonly retryAt: number }
  | { readonly status: "closed" };

/** A frame without its `request_id`, which the connection gives. */
export type Frame = {
  [T in ClientEvent["type"]]: Omit<Extract<ClientEvent, { type: T }>, "request_id">;
}[ClientEvent["type"]];

/** What a connection tells. */
export interface ConnectionListener {
  /** A socket is open. Whoever missed something catches up now. */
  opened(): void;
  /** Every frame but the `ok` and `error` that answer a request, in the order in which they came. */
  event(event: ServerEvent): void;
  /** The state has changed. */
  state(state: ConnectionState): void;
}

/** The WebSocket of one account, which comes back by itself until it is closed. */
export interface Connection {
  readonly state: ConnectionState;
  /** Begins to connect. */
  start(): void;
  /**
   * Sends a frame and waits for the `ok` that answers it.
   *
   * @throws TacitError with the code of the `error` that came instead (`details` as there); `unreachable` if there is no
   *   connection or it broke off before the answer, so that nobody knows; `timeout` after 30 s without an answer.
   */
  request(frame: Frame): Promise<ServerEventOf<"ok">>;
  /** Sends a frame that is not answered; without a connection it is dropped. */
  tell(frame: Frame): void;
  /** Tries again at once: the network is back, or somebody has asked for it. */
  retryNow(): void;
  /** Drops the socket and connects again, because something was missed that only a new one brings. */
  restart(): void;
  /** Ends it for good. */
  close(): void;
}
