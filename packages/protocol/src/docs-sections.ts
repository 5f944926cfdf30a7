import type { AsyncApiDocument, AsyncApiMessage } from "./asyncapi.ts";
import { fieldRow, schemaAnchor, schemaTable, typeOf } from "./docs-schema.ts";
import type { DocumentSchema } from "./document-schema.ts";
import { CLOSE_CODES, CLOSE_REASONS, ERRORS, type ErrorCode } from "./errors.ts";
import { type Html, html, prose } from "./html.ts";
import { PUBLISHED_LIMITS } from "./limits.ts";
import type { OpenApiDocument, OpenApiOperation, OpenApiResponse } from "./openapi.ts";

/** A part of the page with its place in the table of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly entries: readonly { readonly id: string; readonly title: string; readonly body: Html }[];
}

/** Methods that do the same thing on a path share an entry. */
interface Endpoint {
  readonly methods: readonly string[];
  readonly path: string;
  readonly operation: OpenApiOperation;
}

/** One section for each tag of the REST interface. */
export function restSections(document: OpenApiDocument): Section[] {
  const all = Object.entries(document.paths).flatMap(([path, operations]) => endpointsOf(path, operations));
  return document.tags.map(({ name, description }) => ({
    id: `tag-${name}`,
    title: name,
    lead: description,
    entries: all.filter(({ operation }) => operation.tags.includes(name)).map(endpointEntry),
  }));
}

function endpointsOf(path: string, operations: Readonly<Record<string, OpenApiOperation>>): Endpoint[] {
  const bySummary = new Map<string, Endpoint>();
  for (const [method, operation] of Object.entries(operations)) {
    const { methods = [], operation: first = operation } = bySummary.get(operation.summary) ?? {};
    bySummary.set(operation.summary, { methods: [...methods, method], path, operation: first });
  }
  return [...bySummary.values()];
}

function endpointEntry({ methods, path, operation }: Endpoint): Section["entries"][number] {
  const id = `operation-${operation.operationId}`;
  const badges = methods.map((method) => html`<span class="method ${method}">${method.toUpperCase()}</span>`);
  return {
    id,
    title: `${methods.join(" ").toUpperCase()} ${path}`,
    body: html`<h3><a href="#${id}">${badges}<span class="path">${path}</span></a></h3>
      <p>${prose(operation.summary)}</p><p class="who">${whoMayCall(operation)}</p>
      ${parameterTable(operation)}${requestTables(operation)}${answerTables(operation)}${errorTable(operation)}`,
  };
}

function whoMayCall({ security, responses }: OpenApiOperation): string {
  if (security.length === 0) return "For anyone.";
  const examples = responses[403]?.content?.["application/json"]?.examples ?? {};
  return "administrators_only" in examples
    ? "For administrators who are signed in."
    : "For anyone who is signed in.";
}

function parameterTable({ parameters = [] }: OpenApiOperation): Html | undefined {
  if (parameters.length === 0) return undefined;
  const rows = parameters.map(({ name, in: place, required, schema, description }) =>
    fieldRow(
      name,
      schema,
      required,
      `${place === "path" ? "Path" : place === "query" ? "Query" : "Header"}. ${description ?? ""}`,
    ),
  );
  return html`<h4>Parameters</h4><table class="fields"><tbody>${rows}</tbody></table>`;
}

function requestTables({ requestBody }: OpenApiOperation): Html[] {
  return Object.entries(requestBody?.content ?? {}).map(
    ([
      type,
      { schema = {} },
    ]) => html`<h4>Body <small>${bodyKind(type, requestBody?.required ?? true)}</small></h4>
      ${schemaTable(type.startsWith("application/octet") ? { ...schema, type: "bytes" } : schema)}`,
  );
}

function bodyKind(contentType: string, required: boolean): string {
  return required ? contentType : `${contentType}, may be left out`;
}

function answerTables({ responses }: OpenApiOperation): Html[] {
  return Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, response]) => html`<h4>Answer ${status}</h4>${answer(response)}`);
}

function answer({ description, content = {}, headers = {} }: OpenApiResponse): Html {
  const [type, media] = Object.entries(content)[0] ?? [];
  const rows = Object.entries(headers).map(([name, header]) =>
    fieldRow(name, header.schema, true, header.description),
  );
  return html`${media?.schema ? schemaTable(media.schema) : html`<p>${type ? `Content of type ${type}.` : prose(description)}</p>`}
    ${rows.length > 0 && html`<table class="fields"><tbody>${rows}</tbody></table>`}`;
}

function errorTable({ responses }: OpenApiOperation): Html {
  const rows = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(([status, { content }]) => {
      const codes = Object.keys(content?.["application/json"]?.examples ?? {}) as ErrorCode[];
      return html`<tr><td>${status}</td><td>${codes.map(errorLine)}</td></tr>`;
    });
  return html`<h4>Errors</h4><table class="codes"><tbody>${rows}</tbody></table>`;
}

function errorLine(code: ErrorCode): Html {
  return html`<p><a href="#error-${code}">${code}</a> <span class="who">${ERRORS[code].sentence}</span></p>`;
}

/** The frames of one side. */
export function eventSection(
  { components, operations }: AsyncApiDocument,
  side: "client" | "server",
  title: string,
  lead: string,
): Section {
  const messages = Object.entries(components.messages).filter(([id]) => id.startsWith(`${side}_`));
  return {
    id: `events-${side}`,
    title,
    lead,
    entries: messages.map(([id, message]) => eventEntry(id, message, operations[id]?.reply?.messages ?? [])),
  };
}

function eventEntry(
  id: string,
  { name, summary, payload }: AsyncApiMessage,
  replies: readonly { $ref: string }[],
): Section["entries"][number] {
  const links = replies.map(({ $ref }) => $ref.slice($ref.lastIndexOf("/") + 1));
  return {
    id: `event-${id}`,
    title: name,
    body: html`<h3><a href="#event-${id}"><span class="method socket">WS</span><span class="path">${name}</span></a></h3>
      <p>${prose(summary)}</p>${schemaTable(payload)}
      ${links.length > 0 && html`<h4>Answered with</h4><p>${links.map((link, index) => html`${index > 0 && ", "}<a href="#event-${link}">${link.replace("server_", "")}</a>`)}</p>`}`,
  };
}

/** The named schemas of both documents. */
export function schemaSection(schemas: Readonly<Record<string, DocumentSchema>>): Section {
  const entries = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    id: "schemas",
    title: "Schemas",
    lead: "What bodies and frames are made of.",
    entries: entries.map(([name, schema]) => ({
      id: schemaAnchor(name),
      title: name,
      body: html`<h3><a href="#${schemaAnchor(name)}">${name}</a></h3>${schemaTable(schema)}
        ${typeof schema.additionalProperties === "object" && html`<p>Further fields: ${typeOf(schema.additionalProperties)}.</p>`}
        ${schema.additionalProperties === true && html`<p>Further fields are kept.</p>`}`,
    })),
  };
}

/** Error codes, close codes and limits. */
export function tableSections(): {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly body: Html;
}[] {
  const errors = Object.entries(ERRORS).map(
    ([code, { status, sentence }]) =>
      html`<tr id="error-${code}"><td>${status}</td><td><code>${code}</code></td><td>${sentence}</td></tr>`,
  );
  const closes = Object.entries(CLOSE_CODES).map(
    ([name, code]) =>
      html`<tr><td>${code}</td><td>${CLOSE_REASONS[name as keyof typeof CLOSE_CODES]}</td></tr>`,
  );
  const limits = PUBLISHED_LIMITS.map(([what, limit]) => html`<tr><td>${what}</td><td>${limit}</td></tr>`);
  return [
    {
      id: "errors",
      title: "Error codes",
      lead: "A code keeps its meaning for ever. Over the WebSocket it comes without the status.",
      body: table("codes errors", errors),
    },
    {
      id: "closes",
      title: "Close codes",
      lead: "Why the server closed a WebSocket.",
      body: table("codes", closes),
    },
    { id: "limits", title: "Limits", lead: "What is too much.", body: table("limits", limits) },
  ];
}

function table(kind: string, rows: readonly Html[]): Html {
  return html`<table class="${kind}"><tbody>${rows}</tbody></table>`;
}
