import { type EndpointDefinition, LIMITS, type ResponseOf } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { readAnswer, readRefusal } from "./answer.ts";
import { requestOf } from "./request.ts";
import type { CallInput } from "./transport.ts";

/** Milliseconds that a request may take. */
const DEADLINE = 30_000;

/** What this device calls itself in the list of sessions. */
export interface Device {
  /** Such as "Anna's laptop": the first 128 characters count. */
  readonly name?: string;
  /** Such as "Tacit 1.2". */
  readonly appVersion?: string;
}

/** What a request that is not JSON may have. */
export interface RawOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  readonly signal?: AbortSignal;
  /** Milliseconds until the head of the answer must have come; default 30,000; `Infinity` for none. */
  readonly deadline?: number;
}

/** HTTP requests to one server. */
export interface Http {
  /** As `https://chat.example.org`, without a slash at the end. */
  readonly server: string;
  /**
   * Calls an endpoint within 30 s and checks the answer against its schema. An endpoint whose answer is not JSON gives a
   * `Uint8Array`, one without an answer `undefined`.
   *
   * @param token access token, for all but public endpoints
   * @param deadline milliseconds, instead of 30,000; `Infinity` for none
   * @throws TacitError with the server's code, or `unreachable`, `timeout`, `bad_answer`; the signal's reason.
   */
  call<const E extends EndpointDefinition>(
    endpoint: E,
    input: CallInput<E>,
    token?: string,
    deadline?: number,
  ): Promise<ResponseOf<E>>;
  /** As {@link Http.call}, with a form as the body. */
  form<const E extends EndpointDefinition>(
    endpoint: E,
    input: FormInput<E>,
    token?: string,
  ): Promise<ResponseOf<E>>;
  /**
   * Sends any request. The answer is a successful one (2xx) or a 304; its body is the caller's to read, and the signal
   * ends that too.
   *
   * @param path with its query, encoded
   * @throws TacitError as {@link Http.call}; the signal's reason.
   */
  raw(method: string, path: string, options: RawOptions & { readonly token?: string }): Promise<Response>;
}

/** A form and where it goes. */
export type FormInput<E extends EndpointDefinition> = Pick<CallInput<E>, "params" | "signal"> & {
  readonly form: FormData;
  /** Milliseconds, instead of 30,000: a large file takes its time. `Infinity` for none. */
  readonly deadline?: number;
};

/** What a connection to a server needs. */
export interface HttpDependencies {
  /** Address of the server, `https://` or `http://`, perhaps with a path that it is mounted at. */
  readonly server: string;
  readonly device?: Device;
  /** Instead of the platform's own. */
  readonly fetch?: typeof fetch;
}

/** Requests to the server. @throws TacitError `invalid_input` if that is no address of the web. */
export function createHttp(dependencies: HttpDependencies): Http {
  const server = normalized(dependencies.server);
  const { fetch: ownFetch } = dependencies;
  // Called as a function: browsers refuse a `fetch` with another `this`.
  const send: typeof fetch = ownFetch ?? ((url, init) => fetch(url, init));
  const device = deviceHeaders(dependencies.device ?? {});

  async function exchange<T>(
    method: string,
    path: string,
    {
      token,
      headers,
      body,
      signal,
      deadline = DEADLINE,
    }: RawOptions & { readonly token?: string | undefined },
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    return await within(deadline, signal, async (either) => {
      const response = await send(server + path, {
        method,
        headers: { ...device, ...bearer(token), ...headers },
        ...(body === undefined ? {} : { body }),
        ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
        signal: either,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        // A redirect would carry passwords and tokens to wherever it leads.
        redirect: "manual",
      });
      if (response.ok || response.status === 304) return await read(response);
      throw await readRefusal(response);
    });
  }

  return {
    server,
    call: async (endpoint, input, token, deadline) => {
      const { method, path, ...rest } = requestOf(endpoint, input);
      const options = { ...rest, token, ...picked({ signal: input.signal, deadline }) };
      const answer = await exchange(method, path, options, (response) => readAnswer(endpoint, response));
      return answer as ResponseOf<typeof endpoint>;
    },
    form: async (endpoint, { params, form, signal, deadline }, token) => {
      const { method, path, ...rest } = requestOf(endpoint, { params, body: form });
      const options = { ...rest, token, ...picked({ signal, deadline }) };
      const answer = await exchange(method, path, options, (response) => readAnswer(endpoint, response));
      return answer as ResponseOf<typeof endpoint>;
    },
    raw: (method, path, options) => exchange(method, path, options, async (response) => response),
  };
}

function picked({ signal, deadline }: { signal?: AbortSignal | undefined; deadline?: number | undefined }) {
  return { ...(signal && { signal }), ...(deadline === undefined ? {} : { deadline }) };
}

function normalized(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!plain || !/^https?:$/.test(url.protocol))
    throw new TacitError("invalid_input", "The server's address must begin with https:// or http://.");
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

function deviceHeaders({ name, appVersion }: Device): Record<string, string> {
  return {
    ...(name ? { "X-Device-Name": headerText(name) } : {}),
    ...(appVersion ? { "X-App-Version": headerText(appVersion) } : {}),
  };
}

/** `fetch` takes headers as octets, one a character; the server reads them as UTF-8. */
function headerText(text: string): string {
  const printable = [...text.replace(/\p{Cc}/gu, "")].slice(0, LIMITS.deviceHeaderCharacters).join("");
  return String.fromCharCode(...new TextEncoder().encode(printable.trim()));
}

/** Runs a request under a deadline and the caller's signal, and says which of all that can end it did. */
async function within<T>(
  deadline: number,
  signal: AbortSignal | undefined,
  run: (either: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const late = new AbortController();
  const timer = Number.isFinite(deadline) ? setTimeout(() => late.abort(), deadline) : undefined;
  try {
    return await run(signal ? AbortSignal.any([late.signal, signal]) : late.signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof TacitError) throw error;
    if (late.signal.aborted) throw new TacitError("timeout", "The server did not answer in time.");
    throw new TacitError("unreachable", "The server cannot be reached.");
  } finally {
    clearTimeout(timer);
  }
}
