import type { TObject } from "typebox";
import { type DocumentSchema, SchemaWriter } from "./document-schema.ts";
import type { EndpointDefinition } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import { ErrorBody } from "./error-body.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** A path, query or header parameter of an operation. */
export interface OpenApiParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  /** True where an empty text counts as none (`?limit=`). */
  readonly allowEmptyValue?: boolean;
  readonly description?: string;
  readonly schema: DocumentSchema;
}

type Content = Readonly<
  Record<
    string,
    { readonly schema?: DocumentSchema; readonly examples?: Readonly<Record<string, { value: unknown }>> }
  >
>;

/** What an operation answers with one status. */
export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { description: string; schema: DocumentSchema }>>;
  readonly content?: Content;
}

/** One method of one path. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

/** The REST interface as an OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, DocumentSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const DESCRIPTION =
  "JSON in UTF-8. Times are RFC 3339 in UTC. Unknown request fields are ignored; `null` in an optional request " +
  "field means that it is absent. JSON types are never coerced. A string with U+0000 or an unpaired surrogate is " +
  "refused wherever it stands. Every error carries a sentence for people and a code for programs.";

const TAGS: Readonly<Record<keyof typeof endpoints, string>> = {
  auth: "Accounts and sessions.",
  users: "Profiles, search, blocking and reporting.",
  keys: "Public keys, the sealed key bundle, the password and the vault.",
  avatars: "Pictures.",
  chats: "Chats, their members and settings.",
  messages: "The history of a chat. New messages go over the WebSocket.",
  media: "Encrypted files.",
  sync: "Catching up after having been away.",
  admin: "For administrators of the server.",
  operations: "Health and documents.",
};

/** What differs from one server to another. */
export interface OpenApiOptions {
  readonly version: string;
  /** Least length of a new password, in characters; a setting of the server. */
  readonly passwordMinCharacters?: number;
}

/** Describes every endpoint, from the same schemas that validate. */
export function openApiDocument({ version, passwordMinCharacters }: OpenApiOptions): OpenApiDocument {
  const writer = new SchemaWriter();
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const domain of Object.values(endpoints)) {
    for (const [name, definition] of Object.entries<EndpointDefinition>(domain)) {
      for (const [operationId, method] of operationsOf(name, definition)) {
        const path = templatePath(definition.path);
        paths[path] = { ...paths[path], [method]: operation(operationId, definition, writer) };
      }
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: "Tacit", version, description: DESCRIPTION },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: {
        ...writer.components,
        NewPassword: {
          ...writer.components.NewPassword,
          minLength: passwordMinCharacters ?? LIMITS.passwordMinCharacters,
        },
      },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function operationsOf(name: string, { method }: EndpointDefinition): [operationId: string, method: string][] {
  const methods = typeof method === "string" ? [method] : method;
  return methods.map((each, index) => [index === 0 ? name : `${name}By${each}`, each.toLowerCase()]);
}

function templatePath(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}").replace("*", "{path}");
}

function operation(
  operationId: string,
  definition: EndpointDefinition,
  writer: SchemaWriter,
): OpenApiOperation {
  const parameters = parametersOf(definition, writer);
  const content = requestContent(definition, writer);
  return {
    operationId,
    tags: [definition.tag],
    summary: definition.summary,
    security: definition.access === "public" ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(content && { requestBody: { required: requiresBody(definition), content } }),
    responses: { ...success(definition, writer), ...failures(definition, writer) },
  };
}

/** No body counts as an empty object, so it is required where a field of it is. */
function requiresBody({ body, bodyOptional }: EndpointDefinition): boolean {
  const { required = [] } = (body ?? {}) as DocumentSchema;
  return !bodyOptional && (!body || required.length > 0);
}

function parametersOf(
  { params, query, headers }: EndpointDefinition,
  writer: SchemaWriter,
): OpenApiParameter[] {
  return [
    ...parametersIn("path", params, writer),
    ...parametersIn("query", query, writer),
    ...parametersIn("header", headers, writer),
  ];
}

function parametersIn(
  place: OpenApiParameter["in"],
  schema: TObject | undefined,
  writer: SchemaWriter,
): OpenApiParameter[] {
  const { properties = {}, required = [] } = (schema ?? {}) as DocumentSchema;
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...written } = writer.write(property, "answer");
    const isLeftOutIfEmpty =
      place === "query" &&
      !required.includes(name) &&
      (written.type === "integer" || written.type === "boolean");
    return {
      name: parameterName(place, name),
      in: place,
      required: place === "path" || required.includes(name),
      ...(isLeftOutIfEmpty && { allowEmptyValue: true }),
      ...(description && { description }),
      schema: written,
    };
  });
}

function parameterName(place: OpenApiParameter["in"], name: string): string {
  if (place === "header") return name.replace(/(^|-)[a-z]/g, (initial) => initial.toUpperCase());
  return name === "*" ? "path" : name;
}

function requestContent(
  { body, multipart, rawBody }: EndpointDefinition,
  writer: SchemaWriter,
): Content | undefined {
  if (body) return { "application/json": { schema: writer.write(body, "request") } };
  if (multipart) return { "multipart/form-data": { schema: writer.write(multipart, "answer") } };
  if (rawBody) return { [rawBody.contentType]: { schema: { minLength: 1, maxLength: rawBody.maxBytes } } };
  return undefined;
}

function success(definition: EndpointDefinition, writer: SchemaWriter): Record<string, OpenApiResponse> {
  const { response, rawResponse, alsoAnswers = {} } = definition;
  const headers = responseHeaders(definition);
  const others = Object.entries(alsoAnswers).map(([status, description]) => [status, { description }]);
  if (response) {
    const content = { "application/json": { schema: writer.write(response, "answer") } };
    return { 200: { description: "Done.", ...headers, content }, ...Object.fromEntries(others) };
  }
  if (rawResponse) {
    return {
      200: { description: "Done.", ...headers, content: { [rawResponse]: {} } },
      ...Object.fromEntries(others),
    };
  }
  return {
    204: { description: "Done; there is nothing to say.", ...headers },
    ...Object.fromEntries(others),
  };
}

function responseHeaders({ responseHeaders: named }: EndpointDefinition): Pick<OpenApiResponse, "headers"> {
  if (!named) return {};
  const entries = Object.entries(named).map(([name, description]) => [name, header(description)]);
  return { headers: Object.fromEntries(entries) };
}

function header(description: string, type = "string") {
  return { description, schema: { type } };
}

/** Every code that an endpoint can answer with: its own and those that follow from what it takes. */
export function errorCodesOf(definition: EndpointDefinition): ErrorCode[] {
  const { access, params, query, body, multipart, rawBody, errors } = definition;
  const takesBody = body ?? multipart ?? rawBody;
  const codes: (ErrorCode | false | undefined)[] = [
    (params ?? query ?? takesBody) && "invalid_input",
    body && "invalid_json",
    access !== "public" && "unauthorized",
    access === "administrator" && "administrators_only",
    takesBody && "body_too_large",
    takesBody && "unsupported_media_type",
    ...errors,
    "internal",
    "not_ready",
  ];
  return [...new Set(codes.filter((code) => code !== false && code !== undefined))];
}

function failures(definition: EndpointDefinition, writer: SchemaWriter): Record<string, OpenApiResponse> {
  const codes = errorCodesOf(definition);
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      failure(
        status,
        codes.filter((code) => ERRORS[code].status === status),
        writer,
      ),
    ]),
  );
}

function failure(status: number, codes: readonly ErrorCode[], writer: SchemaWriter): OpenApiResponse {
  const examples = codes.map((code) => [code, { value: { error: ERRORS[code].sentence, code } }]);
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].sentence}`).join("\n\n"),
    ...((status === 429 || status === 503) && {
      headers: { "Retry-After": header("Seconds to wait.", "integer") },
    }),
    content: {
      "application/json": {
        schema: writer.write(ErrorBody, "answer"),
        examples: Object.fromEntries(examples),
      },
    },
  };
}
