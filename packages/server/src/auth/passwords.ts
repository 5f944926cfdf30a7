import { hash, type Options, verify } from "@node-rs/argon2";
import { LIMITS, utf8Length } from "@tacit/protocol";
import { invalidField } from "../errors.ts";
import { turns } from "../turns.ts";

/** Argon2id (RFC 9106) with OWASP's first choice of parameters: 19 MiB, 2 passes, 1 lane. */
const PARAMETERS: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Argon2 shares libuv's four threads with files: two at once leave room for them. */
const AT_ONCE = 2;
const WAITING = 200;

/** Hashes and checks passwords and other secrets that people hold, off the event loop. */
export interface Passwords {
  /** @throws {TacitError} `invalid_input` naming `path`, if a new password is too short or too long. */
  requireAcceptable(password: string, path: "/password" | "/new_password"): void;
  /** @throws {TacitError} `busy` when too many are waiting. */
  hash(password: string): Promise<string>;
  /** Takes as long without a hash to compare with, and is then always false. Throws as `hash`. */
  verify(hashed: string | null | undefined, password: string): Promise<boolean>;
}

/** @param minCharacters least length of a new password, in Unicode code points. */
export async function createPasswords(minCharacters: number): Promise<Passwords> {
  const takeTurn = turns(AT_ONCE, WAITING);
  const nobodysHash = await hash(crypto.randomUUID(), PARAMETERS);
  return {
    requireAcceptable: (password, path) => {
      if ([...password].length < minCharacters)
        throw invalidField(path, `must have at least ${minCharacters} characters`);
      if (utf8Length(password) > LIMITS.passwordBytes) {
        throw invalidField(path, `must not be larger than ${LIMITS.passwordBytes} bytes`);
      }
    },
    hash: (password) => takeTurn(() => hash(password, PARAMETERS)),
    verify: async (hashed, password) => {
      const matches = await takeTurn(() => verify(hashed ?? nobodysHash, password));
      return matches && typeof hashed === "string";
    },
  };
}
