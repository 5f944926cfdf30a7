import { LIMITS } from "@tacit/protocol";
import { CryptoError } from "../crypto/errors.ts";
import { emptyVault, openVault, sealVault, type VaultContents } from "../crypto/index.ts";
import { concat, toBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { AccountApi } from "../transport/api.ts";
import { Turns } from "../turns.ts";
import { type OwnSecrets, ownIdentity } from "./own-keys.ts";
import type { Pins } from "./pins.ts";
import { mergeVault } from "./vault-merge.ts";

/** Tries to store a vault that other devices overwrite at the same time. */
const TRIES = 5;
/** Milliseconds in which it has to have arrived, all of it. */
const DEADLINE = 30_000;

/** What the account's vault needs. */
export interface VaultDependencies {
  readonly api: Pick<AccountApi, "raw">;
  readonly keys: OwnSecrets;
  readonly pins: Pins;
  /** Milliseconds after a change until the vault is brought up to date. */
  readonly delay: number;
}

/** What came of bringing the vault up to date. */
export interface VaultReport {
  /** Pins that it has no room for, none of them verified. */
  readonly omitted: number;
}

/** The vault as the server has it; without an `etag` there is none yet. */
interface StoredVault {
  readonly etag?: string;
  readonly contents: VaultContents;
}

/** Shares pins and verified contacts among the devices of an account (CRYPTO.md, section 5). */
export class Vault {
  readonly #dependencies: VaultDependencies;
  readonly #turns = new Turns();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(dependencies: VaultDependencies) {
    this.#dependencies = dependencies;
  }

  /** Brings it up to date a little later, once for all changes until then. What fails is made up for at the next occasion. */
  syncSoon(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.sync().catch(() => undefined);
    }, this.#dependencies.delay);
  }

  /** Ends what {@link Vault.syncSoon} has planned. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /**
   * Learns what other devices know and tells them what this one knows.
   *
   * @throws TacitError of the server, or `unreachable`, `timeout`
   */
  sync(): Promise<VaultReport> {
    return this.#turns.take(async () => {
      for (let left = TRIES; ; left--) {
        try {
          return await this.#exchange();
        } catch (error) {
          if (left === 1 || !(error instanceof TacitError) || error.code !== "vault_changed") throw error;
        }
      }
    });
  }

  async #exchange(): Promise<VaultReport> {
    const stored = await this.#pull();
    // Of a later release: that one looks after it.
    if (!stored) return { omitted: 0 };
    const { keys, pins } = this.#dependencies;
    const own = { userId: keys.userId, identityKey: toBase64(await ownIdentity(keys)) };
    const { contents, omitted } = await pins.merge((local, moment) =>
      mergeVault(local, stored.contents, own, moment),
    );
    if (contents !== stored.contents) await this.#push(contents, stored.etag);
    return { omitted };
  }

  async #pull(): Promise<StoredVault | undefined> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(timeout()), DEADLINE);
    try {
      const response = await this.#get(late.signal);
      if (!response) return { contents: emptyVault() };
      const etag = response.headers.get("etag");
      const contents = this.#open(await receivedBody(response, late.signal));
      return contents && { contents, ...(etag !== null && { etag }) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #get(signal: AbortSignal): Promise<Response | undefined> {
    try {
      return await this.#dependencies.api.raw("GET", "/users/me/vault", { signal });
    } catch (error) {
      if (error instanceof TacitError && error.code === "not_found") return undefined;
      throw error;
    }
  }

  /** A vault that does not open is as good as none: this device's knowledge takes its place. */
  #open(sealed: Uint8Array | undefined): VaultContents | undefined {
    if (!sealed) return emptyVault();
    try {
      return openVault(this.#dependencies.keys.bundle().backup, sealed);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      return error.code === "unsupported_version" ? undefined : emptyVault();
    }
  }

  async #push(contents: VaultContents, etag: string | undefined): Promise<void> {
    const { api, keys } = this.#dependencies;
    const sealed = sealVault(keys.bundle().backup, contents);
    await api.raw("PUT", "/users/me/vault", {
      headers: {
        "Content-Type": "application/octet-stream",
        ...(etag !== undefined && { "If-Match": etag }),
      },
      body: new Uint8Array(sealed),
    });
  }
}

function timeout(): TacitError {
  return new TacitError("timeout", "The server did not answer in time.");
}

/** @throws TacitError `unreachable` if it breaks off in the middle; the signal's reason */
async function receivedBody(response: Response, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await bodyOf(response);
  } catch {
    signal.throwIfAborted();
    throw new TacitError("unreachable", "The connection broke off.");
  }
}

/** @returns `undefined` for more octets than a vault has */
async function bodyOf(response: Response): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length;
    if (size > LIMITS.vaultBytes) {
      await reader?.cancel();
      return undefined;
    }
    pieces.push(read.value);
  }
  return concat(...pieces);
}
