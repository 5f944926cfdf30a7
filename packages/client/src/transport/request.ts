import type { EndpointDefinition } from "@tacit/protocol";
import { TacitError } from "../errors.ts";

/** The parts of a request to any endpoint: `CallInput` without what only its endpoint's type knows. */
export interface RequestParts {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly ifMatch?: string;
}

/** A request as `fetch` wants it, without what every request has. */
export interface PlainRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
}

/** Fills in an endpoint. @throws TacitError `invalid_input` if a path parameter cannot stand in a path. */
export function requestOf(endpoint: EndpointDefinition, parts: RequestParts): PlainRequest {
  const { body, ifMatch } = parts;
  const contentType = endpoint.rawBody?.contentType ?? "application/json";
  const headers = {
    ...(ifMatch === undefined ? {} : { "If-Match": ifMatch }),
    // A form's content type has its boundary, which `fetch` alone knows.
    ...(body === undefined || body instanceof FormData ? {} : { "Content-Type": contentType }),
  };
  const { method } = endpoint;
  return {
    method: typeof method === "string" ? method : (method[0] ?? "GET"),
    path: pathOf(endpoint.path, fields(parts.params)) + queryOf(fields(parts.query)),
    headers,
    ...(body === undefined ? {} : { body: encoded(body) }),
  };
}

function encoded(body: unknown): BodyInit {
  if (body instanceof FormData) return body;
  // A copy, because what is shared between threads cannot be sent.
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

function fields(parts: unknown): Readonly<Record<string, unknown>> {
  return typeof parts === "object" && parts !== null ? { ...parts } : {};
}

function pathOf(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replace(/:(\w+)|\*$/g, (_, name: string | undefined) =>
    name === undefined
      ? String(params["*"]).split("/").map(segment).join("/")
      : segment(String(params[name] ?? "")),
  );
}

/** An empty segment and `.` and `..` name other paths than they seem to (RFC 3986, section 5.2.4). */
function segment(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new TacitError("invalid_input", "A part of the address is missing.");
  return encodeURIComponent(text);
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
