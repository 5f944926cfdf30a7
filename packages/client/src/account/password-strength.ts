import { LIMITS, utf8Length } from "@tacit/protocol";
import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { TacitError } from "../errors.ts";

/** How hard a password is to guess. */
export interface PasswordStrength {
  /** 0 to 4. New passwords need 3: more than 10^8 guesses, each of which costs an Argon2id. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** About so many guesses find it. */
  readonly guesses: number;
  /** What is wrong with it: a name of zxcvbn-ts's `warnings`, such as `topTen`, to be said in the person's language. */
  readonly warning: string | null;
  /** What would help: names of zxcvbn-ts's `suggestions`, such as `anotherWord`. */
  readonly suggestions: readonly string[];
}

/** What somebody may make a password of, and an attacker therefore tries first. */
export interface AboutAccount {
  /** What the account signs in with. */
  readonly login?: string | undefined;
  /** What others find it by. */
  readonly username?: string | undefined;
  /** What others see it as. */
  readonly nickname?: string | undefined;
}

/** A choice that somebody has to make who insists on a weak password. */
export interface PasswordPolicy {
  /** Takes a password that is easy to guess. One with fewer than 8 characters is refused all the same. */
  readonly acceptWeakPassword?: boolean;
}

const LEAST_SCORE = 3;
/** Characters that are looked at: the time that judging takes grows faster than their number. */
const JUDGED = 100;

/**
 * Judges a password as an attacker would go about it: common passwords, words, dates, keyboard patterns, what the person
 * is called. Nothing leaves the device. Its dictionaries, 400 kB, are loaded at the first call. Takes some milliseconds; the
 * first 100 characters count.
 */
export async function passwordStrength(
  password: string,
  about: AboutAccount = {},
): Promise<PasswordStrength> {
  const names = [about.login, about.username, about.nickname, "tacit"].flatMap((name) => name ?? []);
  const inputs = names.map((name) => cut(name.trim())).filter((name) => name !== "");
  const { score, guesses, feedback } = (await estimator()).check(cut(password), inputs);
  return { score, guesses, warning: feedback.warning || null, suggestions: feedback.suggestions };
}

/**
 * Refuses a new password that is not worth its name.
 *
 * @throws TacitError `weak_password` for fewer than 8 characters or, unless that is accepted, a score below 3;
 *   `invalid_input` for more than 1,024 octets.
 */
export async function requireGoodPassword(
  password: string,
  about: AboutAccount,
  { acceptWeakPassword = false }: PasswordPolicy,
): Promise<void> {
  const { passwordBytes, passwordMinCharacters } = LIMITS;
  if (utf8Length(password) > passwordBytes)
    throw new TacitError("invalid_input", `A password has at most ${passwordBytes} octets.`);
  if ([...password.normalize("NFKC")].length < passwordMinCharacters)
    throw new TacitError("weak_password", `A password has at least ${passwordMinCharacters} characters.`);
  if (acceptWeakPassword) return;
  const { score } = await passwordStrength(password, about);
  if (score < LEAST_SCORE) throw new TacitError("weak_password", "This password is too easy to guess.");
}

/** As the password is stretched: other forms of the same characters make it no stronger. */
function cut(text: string): string {
  return text.slice(0, JUDGED).normalize("NFKC").slice(0, JUDGED);
}

let loaded: Promise<ZxcvbnFactory> | undefined;

function estimator(): Promise<ZxcvbnFactory> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: JUDGED });
}
