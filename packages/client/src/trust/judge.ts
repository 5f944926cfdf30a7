import type { PublicKey } from "@tacit/protocol";
import { fromBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import { inParallel } from "../parallel.ts";
import { type CheckedKey, checkKey } from "./checked-key.ts";
import { type OwnSecrets, ownPublicKey } from "./own-keys.ts";
import type { Pins } from "./pins.ts";
import type { Sighting } from "./sighting.ts";

/** Someone to encrypt for. */
export interface Recipient {
  readonly userId: number;
  /** X25519, 32 octets. */
  readonly publicKey: Uint8Array;
  /** `server`: an old client, without an identity. */
  readonly signedBy: "user" | "server";
}

/** What became of a snapshot of keys: everyone is in exactly one of the three. */
export interface Judgement {
  readonly recipients: readonly Recipient[];
  /** Ids of those whose identity has changed. Nothing is encrypted to them until it is accepted. */
  readonly changed: readonly number[];
  /** Ids of those whose key must not be used: malformed, wrongly signed, of small order, or older than one seen before. */
  readonly unusable: readonly number[];
}

/** Signatures that are checked at a time. */
const AT_ONCE = 32;

/**
 * Holds the keys of a chat's members against the pins. Not within a turn.
 *
 * @throws TacitError `encryption_downgrade` if my own key is not mine, or somebody has two
 */
export async function judge(keys: readonly PublicKey[], own: OwnSecrets, pins: Pins): Promise<Judgement> {
  const byUser = new Map(keys.map((key) => [key.user_id, key]));
  if (byUser.size !== keys.length) throw downgrade("The server names two keys for one person.");
  const mine = byUser.get(own.userId);
  if (mine) await checkOwnKey(mine, own);
  const others = [...byUser.values()].filter(({ user_id }) => user_id !== own.userId);
  const { sound, unusable } = await checkKeys(others, pins);
  const sightings = await pins.see(sound);
  const withOutcome = (...outcomes: Sighting["outcome"][]) =>
    [...sound].filter(([id]) => outcomes.some((outcome) => outcome === sightings.get(id)?.outcome));
  return {
    recipients: [...(mine ? [recipient(mine)] : []), ...withOutcome("usable", "upgraded").map(recipientOf)],
    changed: withOutcome("changed").map(([id]) => id),
    unusable: [...unusable, ...withOutcome("refused").map(([id]) => id)],
  };
}

async function checkOwnKey({ public_key, signed_by }: PublicKey, own: OwnSecrets): Promise<void> {
  const isMine = async () => signed_by === "user" && public_key === (await ownPublicKey(own));
  if (await isMine()) return;
  // Another device of mine may have rotated the keys.
  if ((await own.refresh()) && (await isMine())) return;
  throw downgrade("The server gives out another key than mine as mine.");
}

function downgrade(message: string): TacitError {
  return new TacitError("encryption_downgrade", message);
}

async function checkKeys(keys: readonly PublicKey[], pins: Pins) {
  const known = await pins.find(keys.map(({ user_id }) => user_id));
  const checks = await inParallel([...keys.entries()], AT_ONCE, async ([at, key]) => {
    return [key.user_id, await checkKey(key, known[at])] as const;
  });
  const sound = new Map(checks.flatMap(([id, key]) => (key ? [[id, key] as const] : [])));
  return { sound, unusable: checks.flatMap(([id, key]) => (key ? [] : [id])) };
}

function recipient({ user_id, public_key, signed_by }: PublicKey): Recipient {
  return { userId: user_id, publicKey: fromBase64(public_key), signedBy: signed_by };
}

function recipientOf([userId, { publicKey, identityKey }]: readonly [number, CheckedKey]): Recipient {
  return {
    userId,
    publicKey: fromBase64(publicKey),
    signedBy: identityKey === null ? "server" : "user",
  };
}
