import type { PublicKey } from "@tacit/protocol";
import { compareSafetyQr, type Party, type QrComparison, safetyNumber, safetyQr } from "../crypto/index.ts";
import { fromBase64, toBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChangeFeed } from "../sync/changes.ts";
import type { AccountApi } from "../transport/api.ts";
import type { Turns } from "../turns.ts";
import { Identities, type SenderIdentity } from "./identities.ts";
import { type Judgement, judge } from "./judge.ts";
import { type OwnSecrets, ownIdentity } from "./own-keys.ts";
import { Pins } from "./pins.ts";
import { Vault, type VaultReport } from "./vault.ts";

/** What trust needs. */
export interface TrustDependencies {
  readonly api: Pick<AccountApi, "call" | "raw">;
  readonly store: LocalStore;
  readonly turns: Turns;
  readonly changes: ChangeFeed;
  readonly keys: OwnSecrets;
  readonly delays?: {
    /** Milliseconds after a change until the vault is brought up to date. Default 5,000. */
    readonly vault?: number;
  };
}

/** What is known of somebody's identity. */
export interface Contact {
  readonly pinned: true;
  /** `server`: an old client, whose key the server signs. It is shown as unverified. */
  readonly signedBy: "user" | "server";
  /** The server presents another identity than the pinned one: nothing is sent until it is accepted. */
  readonly changed: boolean;
  /** When the safety number was compared, RFC 3339. */
  readonly verifiedAt?: string;
}

/**
 * Whose key is whose (CRYPTO.md, section 5). Before anybody is pinned on a new device, the account's vault is read, which may
 * fail as the network does. Every method takes turns by itself: none may be called within one.
 */
export interface Trust {
  /** Grows when an identity changes or is accepted: whoever remembers a {@link Judgement} asks again then. */
  readonly epoch: number;
  /**
   * By which identities messages are verified; of people never seen, the key is fetched and pinned.
   * @throws TacitError of the network
   */
  senders(userIds: readonly number[]): Promise<Map<number, SenderIdentity>>;
  /**
   * Holds the keys of `GET /chats/:id/keys` against the pins: new people are pinned, rotations of a pinned identity
   * accepted silently, changed identities noted, with a notice in every chat that is shared with them.
   * @throws TacitError `encryption_downgrade` if my own key is not mine
   */
  judge(keys: readonly PublicKey[]): Promise<Judgement>;
  /** Somebody has a new key, of this version if it is known: it is fetched before the next message of theirs is verified. */
  keyUpdated(userId: number, keyVersion?: number): void;
  /**
   * Pins the identity that the server presents now, which is not verified then, and tells so in the chats. Messages that
   * could not be verified are to be read again. Without a changed identity, nothing happens.
   */
  accept(userId: number): Promise<void>;
  /** @throws TacitError `unknown_user`; of the network, for someone never seen */
  contact(userId: number): Promise<Contact>;
  /** @throws TacitError `not_possible` for someone without an identity, or with one that has changed; `unknown_user` */
  setVerified(userId: number, verified: boolean): Promise<void>;
  /** 60 digits, of the pinned identity. @throws TacitError `not_possible` for someone without an identity; `unknown_user` */
  safetyNumber(userId: number): Promise<string>;
  /** What the other side scans. @throws as {@link Trust.safetyNumber} */
  safetyQr(userId: number): Promise<string>;
  /** Compares what was scanned from the other side's screen. @throws as {@link Trust.safetyNumber} */
  compareQr(userId: number, scanned: string): Promise<QrComparison>;
  /**
   * This account got its identity only now: what was written and received up to this message is not signed. Once it is noted, by
   * whichever device, it stays. @throws TacitError of the network
   */
  upgraded(upToMessageId: number): Promise<void>;
  /** Exchanges pins and verified contacts with the account's vault. @throws TacitError of the server and the network */
  syncVault(): Promise<VaultReport>;
  /** Ends what is planned. */
  close(): void;
}

/** The setting that says that this device has seen the account's vault. */
const PULLED = "vaultPulled";

/** Trust of one account. */
export function createTrust(dependencies: TrustDependencies): Trust {
  const { api, store, turns, keys, delays } = dependencies;
  const pins: Pins = new Pins({ ...dependencies, onChange: () => vault.syncSoon() });
  const vault = new Vault({ api, keys, pins, delay: delays?.vault ?? 5_000 });
  const identities = new Identities(api, keys, pins);

  /** What was first seen is pinned: so whatever my other devices have seen has to come before what this one is shown. */
  const pullVaultOnce = async () => {
    if (await store.get("setting", [PULLED])) return;
    await vault.sync();
    await turns.take(() => store.write(({ put }) => put("setting", [PULLED], true)));
  };
  let pulled: Promise<void> | undefined;
  const vaultPulled = () => {
    pulled ??= pullVaultOnce().catch((error: unknown) => {
      pulled = undefined;
      throw error;
    });
    return pulled;
  };
  const pinOf = async (userId: number) => {
    await vaultPulled();
    return await identities.pinOf(userId);
  };

  const parties = async (userId: number) => {
    const { identityKey } = await pinOf(userId);
    if (identityKey === null)
      throw new TacitError(
        "not_possible",
        "This person uses an old client, which has no identity to compare.",
      );
    const mine: Party = { identityKey: await ownIdentity(keys), userId: keys.userId };
    return [mine, { identityKey: fromBase64(identityKey), userId }] as const;
  };

  return {
    get epoch() {
      return pins.epoch;
    },
    senders: async (userIds) => {
      await vaultPulled();
      return await identities.of(userIds);
    },
    judge: async (publicKeys) => {
      await vaultPulled();
      return await judge(publicKeys, keys, pins);
    },
    keyUpdated: (userId, keyVersion) => identities.keyUpdated(userId, keyVersion),
    accept: (userId) => pins.accept(userId),
    contact: async (userId) => {
      if (userId === keys.userId) return { pinned: true, signedBy: "user", changed: false };
      const { identityKey, changed, verifiedAt } = await pinOf(userId);
      return {
        pinned: true,
        signedBy: identityKey === null ? "server" : "user",
        changed: changed !== undefined,
        ...(verifiedAt !== undefined && { verifiedAt }),
      };
    },
    setVerified: async (userId, verified) => {
      await pinOf(userId);
      await pins.setVerified(userId, verified);
    },
    safetyNumber: async (userId) => safetyNumber(...(await parties(userId))),
    safetyQr: async (userId) => safetyQr(...(await parties(userId))),
    compareQr: async (userId, scanned) => compareSafetyQr(scanned, ...(await parties(userId))),
    upgraded: async (upToMessageId) => {
      // Whatever another device has noted, which was earlier, counts.
      await vaultPulled();
      const identityKey = toBase64(await ownIdentity(keys));
      await pins.setOwn(keys.userId, identityKey, upToMessageId);
    },
    syncVault: () => vault.sync(),
    close: () => vault.close(),
  };
}
