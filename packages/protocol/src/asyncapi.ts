import type { TSchema } from "typebox";
import { clientEvents } from "./client-events.ts";
import { type Direction, type DocumentSchema, SchemaWriter } from "./document-schema.ts";
import { serverEvents } from "./server-events.ts";

interface Reference {
  readonly $ref: string;
}

/** One kind of frame. */
export interface AsyncApiMessage {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType: "application/json";
  readonly payload: DocumentSchema;
}

/** What the server does with one kind of frame: it receives a client's, it sends its own. */
export interface AsyncApiOperation {
  readonly action: "send" | "receive";
  readonly channel: Reference;
  readonly summary: string;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
}

/** The WebSocket interface as an AsyncAPI 3.0 document. */
export interface AsyncApiDocument {
  readonly asyncapi: "3.0.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly defaultContentType: "application/json";
  readonly servers: Readonly<Record<string, object>>;
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, DocumentSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const DESCRIPTION =
  "One JSON object a frame, told apart by `type`. A frame that is not valid is answered with `error` and the " +
  "socket stays open. Sign in with the `Authorization` header, or, from a browser, with the subprotocols `tacit` " +
  "and `bearer.<access_token>`. A missing or bad token is answered with 401 and no upgrade, a foreign `Origin` " +
  "with 403.";

const CHANNEL: Reference = { $ref: "#/channels/socket" };

interface Event {
  readonly summary: string;
  readonly schema: TSchema;
  readonly answers?: readonly string[];
}

/** Describes every frame, from the same schemas that validate. */
export function asyncApiDocument({ version }: { version: string }): AsyncApiDocument {
  const writer = new SchemaWriter();
  const messages = {
    ...messagesOf("client", clientEvents, "request", writer),
    ...messagesOf("server", serverEvents, "answer", writer),
  };
  return {
    asyncapi: "3.0.0",
    info: { title: "Tacit", version, description: DESCRIPTION },
    defaultContentType: "application/json",
    servers: { here: server() },
    channels: { socket: channel(Object.keys(messages)) },
    operations: {
      ...operationsOf("client", "receive", clientEvents),
      ...operationsOf("server", "send", serverEvents),
    },
    components: {
      messages,
      schemas: writer.components,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function server(): object {
  return {
    host: "{host}",
    protocol: "wss",
    variables: { host: { default: "localhost:8081", description: "Where the server is." } },
    security: [{ $ref: "#/components/securitySchemes/bearer" }],
  };
}

function channel(messages: readonly string[]): object {
  return {
    address: "/ws",
    messages: Object.fromEntries(messages.map((id) => [id, { $ref: `#/components/messages/${id}` }])),
    bindings: { ws: { method: "GET" } },
  };
}

type Side = "client" | "server";

function messagesOf(
  side: Side,
  events: Readonly<Record<string, Event>>,
  direction: Direction,
  writer: SchemaWriter,
): Record<string, AsyncApiMessage> {
  const entries = Object.entries(events).map(([name, { summary, schema }]) => {
    const payload = writer.write(schema, direction);
    return [messageId(side, name), { name, title: name, summary, contentType: "application/json", payload }];
  });
  return Object.fromEntries(entries);
}

function operationsOf(
  side: Side,
  action: AsyncApiOperation["action"],
  events: Readonly<Record<string, Event>>,
): Record<string, AsyncApiOperation> {
  const entries = Object.entries(events).map(([name, { summary, answers }]) => [
    messageId(side, name),
    {
      action,
      channel: CHANNEL,
      summary,
      messages: [channelMessage(side, name)],
      ...(answers && {
        reply: { channel: CHANNEL, messages: answers.map((answer) => channelMessage("server", answer)) },
      }),
    },
  ]);
  return Object.fromEntries(entries);
}

/** Both sides have a `typing`, so the side is part of the id. */
function messageId(side: Side, name: string): string {
  return `${side}_${name}`;
}

function channelMessage(side: Side, name: string): Reference {
  return { $ref: `${CHANNEL.$ref}/messages/${messageId(side, name)}` };
}
