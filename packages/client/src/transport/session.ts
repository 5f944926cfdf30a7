import { authEndpoints } from "@tacit/protocol";
import { TacitError } from "../errors.ts";
import type { Http } from "./http.ts";

/** What a sign-in gives. */
export interface Tokens {
  readonly accessToken: string;
  /** By this device's clock, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly refreshToken: string;
  readonly sessionId: string;
}

/** Keeps the access token of one account fresh. */
export interface Session {
  /**
   * An access token that is good for a minute yet, refreshed once for all who ask at the same time.
   *
   * @throws TacitError `signed_out`; `unreachable`, `timeout`, `bad_answer` and others of a refresh, which do not end
   *   the session; what `save` throws.
   */
  accessToken(): Promise<string>;
  /** After a 401 with this token: another one. @throws as {@link Session.accessToken} */
  renew(rejected: string): Promise<string>;
  /** Whether it is over: signed out here, or refused by the server. */
  readonly ended: boolean;
  /** Forgets the tokens, without a word to the server or to `onEnd`. */
  end(): void;
  /**
   * Begins no refresh any more, and waits up to 6 s for one that is under way: whose answer nobody stores has lost the session,
   * as the server takes the old token for a stolen one after 10 s.
   */
  close(): Promise<void>;
}

/** What a session needs. */
export type SessionDependencies = {
  readonly http: Pick<Http, "call">;
  /** Stores the new refresh token for good: the old one is worth nothing soon. Awaited before the new access token is used. */
  readonly save: (refreshToken: string) => Promise<void>;
  /** The server has ended the session. Called once. */
  readonly onEnd: () => void;
} & ({ readonly tokens: Tokens } | { readonly refreshToken: string });

/** Milliseconds before its end at which a token is refreshed, or half its life if that is less. */
const MARGIN = 60_000;
/**
 * Milliseconds that each try of a refresh may take. The server repeats the answer to a refresh for 10 s only, and after
 * that takes the old token for a stolen one: whether the first answer was lost has to be found out sooner than that.
 */
const TRIES = [6_000, 30_000, 30_000];
/** Milliseconds between tries. */
const PAUSE = 200;

/** An access token and how long it lasts, by clocks of this device: the server's may be wrong. */
interface Access {
  readonly token: string;
  /** Milliseconds. */
  readonly life: number;
  /** `Date.now()` runs on while a laptop sleeps; `performance.now()` cannot be set back. */
  readonly since: { readonly date: number; readonly ticks: number };
}

/** Keeps the session whose tokens these are. */
export function createSession(dependencies: SessionDependencies): Session {
  const { http, save, onEnd } = dependencies;
  const tokens = "tokens" in dependencies ? dependencies.tokens : undefined;
  let refreshToken = "tokens" in dependencies ? dependencies.tokens.refreshToken : dependencies.refreshToken;
  let access = tokens && { token: tokens.accessToken, life: tokens.expiresAt - Date.now(), since: now() };
  let unsaved: Access | undefined;
  let refreshing: Promise<string> | undefined;
  let ended = false;
  let closed = false;

  function refresh(): Promise<string> {
    refreshing ??= exchange().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  async function exchange(): Promise<string> {
    checkAlive();
    if (closed) throw new TacitError("closed", "The client was closed.");
    unsaved ??= await newAccess();
    const next = unsaved;
    checkAlive();
    await save(refreshToken);
    checkAlive();
    access = next;
    unsaved = undefined;
    return next.token;
  }

  async function newAccess(): Promise<Access> {
    const since = now();
    const attempt = (deadline: number) =>
      http.call(authEndpoints.refresh, { body: { refresh_token: refreshToken } }, undefined, deadline);
    const answer = await repeated(attempt, () => !closed).catch(endIfRefused);
    refreshToken = answer.refresh_token;
    return { token: answer.token, life: answer.expires_in * 1000, since };
  }

  function endIfRefused(error: unknown): never {
    const refused =
      error instanceof TacitError && error.details.status === 401 && error.code !== "bad_answer";
    if (!refused) throw error;
    if (!ended) {
      forget();
      onEnd();
    }
    throw signedOut();
  }

  function forget(): void {
    ended = true;
    refreshToken = "";
    access = undefined;
    unsaved = undefined;
  }

  function checkAlive(): void {
    if (ended) throw signedOut();
  }

  return {
    accessToken: async () => {
      checkAlive();
      return access && !unsaved && isFresh(access) ? access.token : await refresh();
    },
    renew: async (rejected) => {
      checkAlive();
      return access && !refreshing && access.token !== rejected ? access.token : await refresh();
    },
    get ended() {
      return ended;
    },
    end: forget,
    close: async () => {
      closed = true;
      await soon(refreshing);
    },
  };
}

function signedOut(): TacitError {
  return new TacitError("signed_out", "The session has ended. Sign in again.");
}

function now() {
  return { date: Date.now(), ticks: performance.now() };
}

function isFresh({ life, since }: Access): boolean {
  const age = Math.max(Date.now() - since.date, performance.now() - since.ticks);
  return age < life - Math.min(MARGIN, life / 2);
}

/** A lost answer is asked for again with the same token, at once. */
async function repeated<T>(attempt: (deadline: number) => Promise<T>, mayGoOn: () => boolean): Promise<T> {
  for (const [index, deadline] of TRIES.entries()) {
    try {
      return await attempt(deadline);
    } catch (error) {
      if (!isLost(error) || index === TRIES.length - 1 || !mayGoOn()) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      if (!mayGoOn()) throw error;
    }
  }
  throw new Error("there is at least one try");
}

/** Resolves when it has ended, well or badly, or has had time enough. */
async function soon(task: Promise<unknown> | undefined): Promise<void> {
  if (!task) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, TRIES[0]);
  });
  await Promise.race([task.catch(() => {}), late]);
  clearTimeout(timer);
}

function isLost(error: unknown): boolean {
  return error instanceof TacitError && (error.code === "unreachable" || error.code === "timeout");
}
