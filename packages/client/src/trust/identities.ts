import { keyEndpoints, type PublicKey } from "@tacit/protocol";
import { fromBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { inParallel } from "../parallel.ts";
import type { FormerIdentity, PinRecord } from "../store/tables.ts";
import type { Api } from "../transport/transport.ts";
import { type CheckedKey, checkKey } from "./checked-key.ts";
import { type OwnSecrets, ownIdentity } from "./own-keys.ts";
import type { Pins } from "./pins.ts";

/** Keys that are fetched at a time. */
const AT_ONCE = 8;

/** By which identities a sender's messages are verified. */
export interface SenderIdentity {
  /** Pinned Ed25519 key, 32 octets; `undefined` for someone who has none, or who is not known. */
  readonly identityKey: Uint8Array | undefined;
  /** What counts for messages up to `upToId` as well; an `identityKey` of `undefined`: nothing was signed then. */
  readonly former: readonly { readonly identityKey: Uint8Array | undefined; readonly upToId: number }[];
}

/** The identities of those who write, fetched and pinned when they are first seen. */
export class Identities {
  readonly #api: Pick<Api, "call">;
  readonly #keys: OwnSecrets;
  readonly #pins: Pins;
  /** Who has no key that could be used: a deleted account. */
  readonly #absent = new Set<number>();
  /** Whose pinned key is not the newest: the version that there is, if it was told. */
  readonly #stale = new Map<number, number>();

  constructor(api: Pick<Api, "call">, keys: OwnSecrets, pins: Pins) {
    this.#api = api;
    this.#keys = keys;
    this.#pins = pins;
  }

  /** Somebody has a new key, of this version. */
  keyUpdated(userId: number, version = Number.POSITIVE_INFINITY): void {
    this.#absent.delete(userId);
    this.#stale.set(userId, version);
  }

  /** For whoever is not known after all, no identity. @throws TacitError of the network. Not within a turn. */
  async of(userIds: readonly number[]): Promise<Map<number, SenderIdentity>> {
    const ids = [...new Set(userIds)];
    await this.#learn(ids);
    const pins = await this.#pins.find(ids);
    const [own] = await this.#pins.find([this.#keys.userId]);
    const ownFormer = own?.former ?? [];
    const sender = async (id: number, at: number) =>
      id === this.#keys.userId
        ? identityOf(await ownIdentity(this.#keys), ownFormer)
        : senderOf(pins[at], ownFormer);
    return new Map(await Promise.all(ids.map(async (id, at) => [id, await sender(id, at)] as const)));
  }

  /** The pin of somebody, who is looked up if need be. @throws TacitError `unknown_user`, and of the network */
  async pinOf(userId: number): Promise<PinRecord> {
    await this.#learn([userId]);
    const [pin] = await this.#pins.find([userId]);
    if (!pin) throw new TacitError("unknown_user", "Nobody with this id has a key that can be used.");
    return pin;
  }

  async #learn(ids: readonly number[]): Promise<void> {
    const pins = await this.#pins.find(ids);
    const wanted = ids.filter((id, at) => id !== this.#keys.userId && this.#isWanted(id, pins[at]));
    const fetched = await inParallel(wanted, AT_ONCE, (id) => this.#fetch(id));
    const keys = fetched.filter((key) => key !== undefined);
    await this.#pins.see(new Map(keys));
    for (const [id] of keys) this.#stale.delete(id);
  }

  #isWanted(id: number, pin: PinRecord | undefined): boolean {
    if (!pin) return !this.#absent.has(id);
    return pin.keyVersion < (this.#stale.get(id) ?? -1);
  }

  async #fetch(id: number): Promise<readonly [number, CheckedKey] | undefined> {
    const key = await this.#publicKey(id);
    const checked = key?.user_id === id ? await checkKey(key, undefined) : undefined;
    if (checked) return [id, checked];
    this.#absent.add(id);
    this.#stale.delete(id);
    return undefined;
  }

  async #publicKey(id: number): Promise<PublicKey | undefined> {
    try {
      return await this.#api.call(keyEndpoints.getPublicKey, { params: { id } });
    } catch (error) {
      if (error instanceof TacitError && error.code === "unknown_user") return undefined;
      throw error;
    }
  }
}

/**
 * Before I had an identity myself, nothing that I received was verified, and the senders' first identities may have come
 * to this account only after they wrote: unsigned messages from then stay readable, marked as what they are.
 */
function senderOf(pin: PinRecord | undefined, ownFormer: readonly FormerIdentity[]): SenderIdentity {
  const unsigned = ownFormer.filter(({ identityKey }) => identityKey === null);
  const identityKey = pin?.identityKey ?? null;
  const former = [...(pin?.former ?? []), ...unsigned];
  return identityOf(identityKey === null ? undefined : fromBase64(identityKey), former);
}

function identityOf(identityKey: Uint8Array | undefined, former: readonly FormerIdentity[]): SenderIdentity {
  return {
    identityKey,
    former: former.map(({ identityKey, upToId }) => ({
      identityKey: identityKey === null ? undefined : fromBase64(identityKey),
      upToId,
    })),
  };
}
