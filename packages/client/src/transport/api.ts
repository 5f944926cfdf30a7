import type { EndpointDefinition, ResponseOf } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import { abortable } from "./abortable.ts";
import type { FormInput, Http, RawOptions } from "./http.ts";
import type { Session } from "./session.ts";
import type { Api } from "./transport.ts";

/** The account's calls, and those that are not JSON. All have the token and, after a 401, a second try with a new one. */
export interface AccountApi extends Api {
  /**
   * Sends any request: see `Http.raw`. A body that is a stream is gone after the first try, so there a 401 is thrown.
   *
   * @throws TacitError as {@link Api.call}; the signal's reason.
   */
  raw(method: string, path: string, options?: RawOptions): Promise<Response>;
  /** Sends a form to an endpoint. @throws TacitError as {@link Api.call}; the signal's reason. */
  form<const E extends EndpointDefinition>(endpoint: E, input: FormInput<E>): Promise<ResponseOf<E>>;
}

/** What the calls of an account need. */
export interface ApiDependencies {
  readonly http: Http;
  readonly session: Session;
}

/** The REST calls of the account that the session is of. */
export function createApi({ http, session }: ApiDependencies): AccountApi {
  /** @param again whether the request can be sent twice */
  async function authorized<T>(
    signal: AbortSignal | undefined,
    send: (token: string) => Promise<T>,
    again = true,
  ): Promise<T> {
    const token = await abortable(session.accessToken(), signal);
    try {
      return await send(token);
    } catch (error) {
      if (!again || !isUnauthorized(error)) throw error;
    }
    return await send(await abortable(session.renew(token), signal));
  }

  return {
    server: http.server,
    accessToken: () => session.accessToken(),
    call: (endpoint, input) => authorized(input.signal, (token) => http.call(endpoint, input, token)),
    form: (endpoint, input) => authorized(input.signal, (token) => http.form(endpoint, input, token)),
    raw: (method, path, options = {}) =>
      authorized(
        options.signal,
        (token) => http.raw(method, path, { ...options, token }),
        !(options.body instanceof ReadableStream),
      ),
  };
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof TacitError && error.code === "unauthorized";
}
