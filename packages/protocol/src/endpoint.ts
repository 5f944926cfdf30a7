import type { Static, TObject, TSchema } from "typebox";
import type { ErrorCode } from "./errors.ts";

/** HTTP methods that the protocol uses. `HEAD` comes with every `GET`. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call an endpoint: anyone, the holder of a live session, or a live session whose user is an
 * administrator of the instance.
 */
export type Access = "public" | "session" | "administrator";

/** One REST endpoint, read from top to bottom: the single source of its types, validation and documents. */
export interface EndpointDefinition {
  /** Several methods mean the same thing: existing clients use either. */
  readonly method: Method | readonly Method[];
  /** Path with `:name` parameters; a trailing `*` takes the rest. */
  readonly path: `/${string}`;
  /** One plain sentence for the generated documents. */
  readonly summary: string;
  /** Section of the documents. */
  readonly tag: string;
  readonly access: Access;
  /** Path parameters. Numbers are read from their decimal text. */
  readonly params?: TObject;
  /** Query parameters. Numbers and booleans are read from their text. */
  readonly query?: TObject;
  /** Headers with a meaning here, beyond the common ones. */
  readonly headers?: TObject;
  /** JSON request body. */
  readonly body?: TSchema;
  /** True if a request without a body is answered too. */
  readonly bodyOptional?: boolean;
  /** `multipart/form-data` fields; a file is `Type.String({ format: "binary" })`. */
  readonly multipart?: TObject;
  /** A body that is not JSON, by its content type. */
  readonly rawBody?: { readonly contentType: string; readonly maxBytes: number };
  /** JSON answer with status 200. Neither this nor `rawResponse`: 204 without a body. */
  readonly response?: TSchema;
  /** An answer that is not JSON: its content type. */
  readonly rawResponse?: string;
  /** Headers of a successful answer that a client may rely on: name -> what it says. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Other statuses that are no errors: status -> when. */
  readonly alsoAnswers?: Readonly<Record<number, string>>;
  /** Codes that this endpoint answers with, besides those that every endpoint can give. */
  readonly errors: readonly ErrorCode[];
}

/** Declares an endpoint and keeps its exact type. */
export function endpoint<const E extends EndpointDefinition>(definition: E): E {
  return definition;
}

type StaticOf<S> = S extends TSchema ? Static<S> : undefined;

/** Path parameters of an endpoint, validated. */
export type ParamsOf<E extends EndpointDefinition> = StaticOf<E["params"]>;
/** Query parameters of an endpoint, validated. */
export type QueryOf<E extends EndpointDefinition> = StaticOf<E["query"]>;
/** JSON body of an endpoint, validated; `undefined` also where the body is optional and absent. */
export type BodyOf<E extends EndpointDefinition> = E["rawBody"] extends object
  ? Uint8Array
  : E["bodyOptional"] extends true
    ? StaticOf<E["body"]> | undefined
    : StaticOf<E["body"]>;
/** What a handler answers: the JSON body, a raw body, or nothing. */
export type ResponseOf<E extends EndpointDefinition> = E["response"] extends TSchema
  ? Static<E["response"]>
  : E["rawResponse"] extends string
    ? unknown
    : undefined;
