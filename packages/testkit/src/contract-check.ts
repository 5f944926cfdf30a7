import {
  type EndpointDefinition,
  ERRORS,
  ErrorBody,
  type ErrorCode,
  endpoints,
  errorCodesOf,
  type Method,
  serverEvents,
} from "@tacit/protocol";
import { strictValidator } from "./strict-schema.ts";

/** The server answered something that the protocol does not say. */
export class ContractViolation extends Error {
  override readonly name = "ContractViolation";
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** Every endpoint of the protocol, in one list. */
const allEndpoints: readonly EndpointDefinition[] = Object.values(endpoints).flatMap((domain) =>
  Object.values(domain),
);

/** The endpoint that answers a request; paths with fewer parameters come first, as in any router. */
function findEndpoint(method: string, path: string): EndpointDefinition | undefined {
  const served = method === "HEAD" ? "GET" : method;
  return allEndpoints
    .filter((endpoint) => [endpoint.method].flat().includes(served as Method) && pattern(endpoint).test(path))
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

function pattern({ path }: EndpointDefinition): RegExp {
  const source = path.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+");
  return new RegExp(`^${source.replace(/\*\w*$/, ".*")}$`);
}

function parameters({ path }: EndpointDefinition): number {
  return path.split(/[:*]/).length;
}

/** @throws {ContractViolation} unless the answer is one that the protocol allows for this request. */
export function checkAnswer(method: string, url: string, answer: RawAnswer): void {
  const [path = "/"] = url.split("?");
  const endpoint = findEndpoint(method, path);
  const problem =
    answer.status >= 400 ? errorProblem(endpoint, method, answer) : successProblem(endpoint, method, answer);
  if (problem) throw new ContractViolation(`${method} ${path} answered ${answer.status}: ${problem}`);
}

function successProblem(endpoint: EndpointDefinition | undefined, method: string, answer: RawAnswer) {
  if (!endpoint) return "the protocol has no such endpoint";
  if (endpoint.alsoAnswers && answer.status in endpoint.alsoAnswers) return undefined;
  if (endpoint.rawResponse) return answer.status === 200 ? undefined : "expected 200";
  if (!endpoint.response)
    return answer.status === 204 && isEmpty(answer) ? undefined : "expected 204 and no body";
  if (answer.status !== 200) return "expected 200";
  if (method === "HEAD") return undefined;
  const violations = strictValidator(endpoint.response)(answer.body);
  return violations.length > 0 ? violations.join("; ") : undefined;
}

function errorProblem(endpoint: EndpointDefinition | undefined, method: string, answer: RawAnswer) {
  if (method === "HEAD") return undefined;
  const violations = strictValidator(ErrorBody)(answer.body);
  if (violations.length > 0) return `its error body is wrong: ${violations.join("; ")}`;
  const { code } = answer.body as ErrorBody;
  if (ERRORS[code].status !== answer.status)
    return `the code ${code} belongs to status ${ERRORS[code].status}`;
  if (answer.status === 429 && answer.headers["retry-after"] === undefined) return "there is no Retry-After";
  return isExpected(endpoint, code) ? undefined : `the code ${code} is not one that this endpoint lists`;
}

function isEmpty({ body }: RawAnswer): boolean {
  return body === undefined;
}

/** What any request can meet before its endpoint looks at it. */
const ANYWHERE: readonly ErrorCode[] = [
  "invalid_input",
  "invalid_json",
  "body_too_large",
  "unsupported_media_type",
  "internal",
  "not_ready",
  "storage_full",
];
const NOWHERE: readonly ErrorCode[] = ["not_found", "method_not_allowed"];

function isExpected(endpoint: EndpointDefinition | undefined, code: ErrorCode): boolean {
  return [...ANYWHERE, ...(endpoint ? errorCodesOf(endpoint) : NOWHERE)].includes(code);
}

/** @throws {ContractViolation} unless the frame is one that the protocol lets a server send. */
export function checkFrame(frame: unknown): void {
  const type = (frame as { type?: unknown } | null)?.type;
  const event = Object.entries(serverEvents).find(([name]) => name === type)?.[1];
  const violations = event ? strictValidator(event.schema)(frame) : ["the protocol has no such event"];
  if (violations.length > 0)
    throw new ContractViolation(`The server sent ${String(type)}: ${violations.join("; ")}`);
}
