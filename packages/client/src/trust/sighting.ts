import type { FormerIdentity, KnownKey, PinRecord } from "../store/tables.ts";
import type { CheckedKey } from "./checked-key.ts";

/** What a key means that the server presents as somebody's. `pin` is what is to be stored; absent if nothing changes. */
export type Sighting =
  /** One may encrypt to it. */
  | { readonly outcome: "usable"; readonly pin?: PinRecord }
  /**
   * One may encrypt to it: someone whom only the server vouched for has an identity now. That cannot be told from an
   * attack, but neither could anything before; asking at each upgrade would only teach people to say yes. It is told.
   */
  | { readonly outcome: "upgraded"; readonly pin: PinRecord }
  /** Another identity than the pinned one. `news`: for the first time. */
  | { readonly outcome: "changed"; readonly pin?: PinRecord; readonly news: boolean }
  /** An older key than one that was seen, or a second one of the same version: never used. */
  | { readonly outcome: "refused" };

/** When something was seen, and the newest message then. */
export interface Moment {
  /** RFC 3339. */
  readonly at: string;
  readonly newestId: number;
}

/** Judges a key against the pin (CRYPTO.md, section 5). Pure. */
export function sight(userId: number, pin: PinRecord | undefined, key: CheckedKey, moment: Moment): Sighting {
  if (!pin) return { outcome: "usable", pin: { userId, ...key, firstSeenAt: moment.at } };
  if (isPinned(pin, key)) return sightPinned(pin, key);
  if (pin.identityKey === null && key.identityKey !== null && !pin.changed)
    return { outcome: "upgraded", pin: replaced(pin, key, moment) };
  return sightOther(pin, key, moment.at);
}

/** Old clients never change their key, so of somebody without an identity it is the key itself that is pinned. */
function isPinned(pin: KnownKey, key: CheckedKey): boolean {
  if (pin.identityKey !== null || key.identityKey !== null) return pin.identityKey === key.identityKey;
  return pin.publicKey === key.publicKey;
}

function sightPinned(pin: PinRecord, key: CheckedKey): Sighting {
  if (pin.identityKey !== null && key.keyVersion < pin.keyVersion) return { outcome: "refused" };
  const isOtherOfVersion = key.keyVersion === pin.keyVersion && key.publicKey !== pin.publicKey;
  if (isOtherOfVersion && pin.publicKey !== null) return { outcome: "refused" };
  const { changed, ...settled } = pin;
  const isSame = key.keyVersion === pin.keyVersion && key.publicKey === pin.publicKey;
  if (isSame && !changed) return { outcome: "usable" };
  // A server that presents the pinned identity again has nothing to be asked about any more.
  return { outcome: "usable", pin: { ...settled, ...key } };
}

function sightOther(pin: PinRecord, key: CheckedKey, at: string): Sighting {
  const { changed } = pin;
  if (!changed || !isPinned(changed, key))
    return { outcome: "changed", news: true, pin: { ...pin, changed: { ...key, seenAt: at } } };
  if (key.keyVersion <= changed.keyVersion) return { outcome: "changed", news: false };
  return { outcome: "changed", news: false, pin: { ...pin, changed: { ...changed, ...key } } };
}

/** Identities that are remembered of one person. */
const MOST_FORMER = 16;

/** The pin once another key stands in its place. What was said of the old identity does not count for the new one. */
export function replaced(pin: PinRecord, key: KnownKey, { at, newestId }: Moment): PinRecord {
  const { publicKey, keyVersion, identityKey } = key;
  const former = { identityKey: pin.identityKey, upToId: newestId };
  return {
    userId: pin.userId,
    publicKey,
    keyVersion,
    identityKey,
    firstSeenAt: at,
    former: joinFormer([former], pin.former ?? []),
  };
}

/** Both lists, each identity once, up to its highest message. */
export function joinFormer(
  one: readonly FormerIdentity[],
  other: readonly FormerIdentity[],
): readonly FormerIdentity[] {
  const upTo = new Map<string | null, number>();
  for (const { identityKey, upToId } of [...one, ...other])
    upTo.set(identityKey, Math.max(upToId, upTo.get(identityKey) ?? 0));
  return [...upTo]
    .map(([identityKey, upToId]) => ({ identityKey, upToId }))
    .sort((a, b) => b.upToId - a.upToId)
    .slice(0, MOST_FORMER);
}
