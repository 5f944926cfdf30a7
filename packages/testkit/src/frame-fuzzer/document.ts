import { sendRequest } from "../http-request.ts";

/** The part of JSON Schema (draft 2020-12) that the server's document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly "x-max-bytes"?: number;
}

/** The schemas of all frames by their `type`, without references. */
export interface FrameSchemas {
  readonly client: ReadonlyMap<string, Schema>;
  readonly server: ReadonlyMap<string, Schema>;
}

interface Document {
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly name: string; readonly payload: Schema }>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

/** Reads what the server says about its frames at `/asyncapi.json`. */
export async function readFrameSchemas(url: string): Promise<FrameSchemas> {
  const { body } = await sendRequest(url, { method: "GET", path: "/asyncapi.json" });
  const { messages, schemas } = (body as Document).components;
  const side = (prefix: string) =>
    new Map(
      Object.entries(messages)
        .filter(([id]) => id.startsWith(prefix))
        .map(([, { name, payload }]) => [name, withoutReferences(payload, schemas)]),
    );
  return { client: side("client_"), server: side("server_") };
}

const PREFIX = "#/components/schemas/";

/** No schema of a frame contains itself, so this ends. */
function withoutReferences(schema: Schema, named: Readonly<Record<string, Schema>>): Schema {
  return JSON.parse(JSON.stringify(schema), (_key, value) => {
    const reference: unknown = value?.$ref;
    if (typeof reference !== "string") return value;
    const target = named[reference.slice(PREFIX.length)];
    if (!target) throw new Error(`The document does not define ${reference}.`);
    return withoutReferences(target, named);
  });
}
