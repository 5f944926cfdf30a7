import type { EndpointDefinition } from "@tacit/protocol";
import * as Type from "typebox";
import { TacitError, type TacitErrorDetails } from "../errors.ts";
import { conforms } from "./conforms.ts";
import { codeOfStatus, refusal, refusedFields, strangeRefusal } from "./refusal.ts";
import { check } from "./schema-check.ts";

const MIB = 1024 * 1024;
/** Four times what the largest answer of today's server, a page of `/sync`, can have. */
const MOST_OCTETS = 16 * MIB;
const MOST_ERROR_OCTETS = MIB / 4;
const MOST_PATIENCE = 24 * 60 * 60_000;

/** The protocol's, but for the codes: a newer server has more. Without a code it is not the server that speaks. */
const AnyErrorBody = Type.Object({
  error: Type.String(),
  code: Type.String(),
  request_id: Type.Optional(Type.String()),
});

/**
 * What an endpoint's successful answer holds: the JSON that its schema allows, octets, or nothing.
 *
 * @throws TacitError `bad_answer`; what reading the body throws.
 */
export async function readAnswer(endpoint: EndpointDefinition, response: Response): Promise<unknown> {
  const { response: schema, rawResponse } = endpoint;
  if (response.status !== (schema || rawResponse ? 200 : 204)) throw badAnswer(response.status);
  if (!schema && !rawResponse) return undefined;
  const octets = await readOctets(response, MOST_OCTETS);
  if (!schema) return octets;
  const value = parsed(octets);
  if (!conforms(schema, value)) throw badAnswer(response.status);
  return value;
}

/** The error that an unsuccessful answer stands for. @throws what reading the body throws. */
export async function readRefusal(response: Response): Promise<TacitError> {
  const { status } = response;
  const details: TacitErrorDetails = { status, ...retryAfter(response.headers.get("Retry-After")) };
  const body = status < 400 ? undefined : parsed(await readOctets(response, MOST_ERROR_OCTETS));
  if (!check(AnyErrorBody, body)) return strangeRefusal(status, details);
  return refusal(body.code, codeOfStatus(status), {
    ...details,
    ...requestId(body.request_id),
    ...("details" in body ? refusedFields(body.details) : {}),
  });
}

/** The server answered what the protocol does not allow. */
export function badAnswer(status: number): TacitError {
  return new TacitError("bad_answer", "The server answered what the protocol does not allow.", { status });
}

function requestId(id: string | undefined): Pick<TacitErrorDetails, "requestId"> {
  return id !== undefined && /^[\w.:-]{1,128}$/.test(id) ? { requestId: id } : {};
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function retryAfter(header: string | null): Pick<TacitErrorDetails, "retryAfter"> {
  if (header === null) return {};
  const wait = /^\d{1,10}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? {} : { retryAfter: Math.min(Math.max(wait, 0), MOST_PATIENCE) };
}

/** @returns nothing that any schema allows if it is not JSON in UTF-8 */
function parsed(octets: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch {
    return undefined;
  }
}

async function readOctets(response: Response, maximum: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    chunks.push(part.value);
    length += part.value.length;
    if (length <= maximum) continue;
    await reader?.cancel().catch(() => undefined);
    throw badAnswer(response.status);
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const octets = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    octets.set(chunk, position);
    position += chunk.length;
  }
  return octets;
}
