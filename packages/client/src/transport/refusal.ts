import { ERRORS, type ErrorCode, ErrorDetails } from "@tacit/protocol";
import type { Static } from "typebox";
import { TacitError, type TacitErrorCode, type TacitErrorDetails } from "../errors.ts";
import { check } from "./schema-check.ts";

/** What is passed on of a refusal: a server cannot fill somebody's log. */
const MOST_FIELDS = 32;
const MOST_CHARACTERS = 200;

/** A server's code, if this release knows it. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERRORS, code);
}

/**
 * The error for a code of the server's. The sentence is ours: the server's own could repeat what was sent.
 *
 * @param code one that is not known becomes `fallback`
 */
export function refusal(code: unknown, fallback: ErrorCode, details: TacitErrorDetails): TacitError {
  const known = isErrorCode(code) ? code : fallback;
  return new TacitError(known, ERRORS[known].sentence, details);
}

/** The fields that a refusal names. */
export function refusedFields(details: unknown): Pick<TacitErrorDetails, "fields"> {
  if (!check(ErrorDetails, details)) return {};
  return { fields: details.slice(0, MOST_FIELDS).map(bounded) };
}

function bounded({ path, message }: Static<typeof ErrorDetails>[number]) {
  return { path: path.slice(0, MOST_CHARACTERS), message: message.slice(0, MOST_CHARACTERS) };
}

/** What an answer with this status means, if it does not say more, or says what only a later release knows. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_input",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  413: "body_too_large",
  415: "unsupported_media_type",
  416: "range_not_satisfiable",
  429: "too_many_attempts",
  500: "internal",
  503: "not_ready",
};

/** The code for a status. Any of 5xx may be worth another try; any other of 4xx is not. */
export function codeOfStatus(status: number): ErrorCode {
  return BY_STATUS[status] ?? (status >= 500 ? "internal" : "invalid_input");
}

/** Who answers these without the protocol's body is a proxy before a server that is down or overrun, or a page that wants a login. */
const OF_PROXIES: Readonly<Record<number, TacitErrorCode>> = {
  413: "body_too_large",
  429: "too_many_attempts",
  502: "unreachable",
  503: "not_ready",
  504: "unreachable",
};

/** The error for an answer that is not of the protocol. Never a 401: only the server itself can end a session. */
export function strangeRefusal(status: number, details: TacitErrorDetails): TacitError {
  const code = OF_PROXIES[status] ?? (status >= 500 ? "internal" : "bad_answer");
  return new TacitError(code, `What answered with status ${status} is no Tacit server.`, details);
}
