import { LIMITS } from "@tacit/protocol";
import type { Pin, VaultContents, VerifiedContact } from "../crypto/index.ts";
import type { FormerIdentity, PinRecord } from "../store/tables.ts";
import { joinFormer, type Moment } from "./sighting.ts";

/** What comes of this device and the vault telling each other what they know. */
export interface VaultMerge {
  /** Pins of this device that are new or know more now. */
  readonly pins: readonly PinRecord[];
  /** What belongs into the vault; the very object that was given if nothing is missing there. */
  readonly contents: VaultContents;
  /** Pins that the vault has no room for. Verified contacts come first. */
  readonly omitted: number;
}

/**
 * Puts together what this device and the account's other devices know. What this device has pinned stands, whatever the
 * vault says: a server can bring back an old vault. Fields that are not known are kept. Pure.
 */
export function mergeVault(
  local: readonly PinRecord[],
  vault: VaultContents,
  own: { readonly userId: number; readonly identityKey: string },
  moment: Moment,
): VaultMerge {
  const known = new Map(local.map((pin) => [pin.userId, pin]));
  const pins: PinRecord[] = [];
  for (const [id, entry] of entriesOf(vault)) {
    const userId = Number(id);
    if (userId === own.userId && entry.identity_key !== own.identityKey) continue;
    const pin = known.get(userId);
    const filled = fill(userId, pin, entry, vault.verified[id], moment);
    if (!filled || isSame(filled, pin)) continue;
    known.set(userId, filled);
    pins.push(filled);
  }
  return { pins, ...contentsOf([...known.values()], vault) };
}

/** Pins, and contacts that are verified without one. */
function entriesOf({ pins, verified }: VaultContents): [id: string, entry: Pin][] {
  const contacts = Object.entries(verified).filter(([id]) => !Object.hasOwn(pins, id));
  const asPin = ({ identity_key }: VerifiedContact): Pin => ({ identity_key, key_version: 0 });
  return [...Object.entries(pins), ...contacts.map(([id, contact]): [string, Pin] => [id, asPin(contact)])];
}

/** @returns `undefined` if the vault has nothing to add */
function fill(
  userId: number,
  pin: PinRecord | undefined,
  entry: Pin,
  verified: VerifiedContact | undefined,
  { at, newestId }: Moment,
): PinRecord | undefined {
  const marksFor = (key: string) => (verified?.identity_key === key ? marksOf(verified) : {});
  if (pin && pin.identityKey !== null) {
    const marks = marksFor(pin.identityKey);
    return entry.identity_key === pin.identityKey
      ? joined(pin, entry.key_version, marks, formerOf(entry))
      : joined(pin, pin.keyVersion, marks, []);
  }
  // The person has accepted that there is no identity any more, or is to be asked about another key.
  if (pin?.changed || pin?.acceptedAt !== undefined) return undefined;
  const identityKey = entry.identity_key;
  const legacy = pin ? [{ identityKey: null, upToId: newestId }] : [];
  return joined(
    {
      userId,
      publicKey: null,
      keyVersion: entry.key_version,
      identityKey,
      firstSeenAt: at,
      ...(isTime(entry.accepted_at) && { acceptedAt: entry.accepted_at }),
    },
    entry.key_version,
    marksFor(identityKey),
    joinFormer(legacy, formerOf(entry)),
  );
}

function joined(
  pin: PinRecord,
  keyVersion: number,
  mark: Marks,
  former: readonly FormerIdentity[],
): PinRecord {
  const { verifiedAt: _, unverifiedAt: __, ...rest } = pin;
  const all = joinFormer(pin.former ?? [], former);
  return {
    ...rest,
    // Another device has seen a newer key: nothing is encrypted to an older one.
    ...(keyVersion > pin.keyVersion && { keyVersion, publicKey: null }),
    ...latest(pin, mark),
    ...(all.length > 0 && { former: all }),
  };
}

/** When a contact was verified, or when that was taken back; RFC 3339. */
interface Marks {
  readonly verifiedAt?: string;
  readonly unverifiedAt?: string;
}

/** The last word counts, on whichever device it was said; of two at the same time, the careful one. */
function latest(one: Marks, other: Marks): Marks {
  const verifiedAt = later(one.verifiedAt, other.verifiedAt);
  const unverifiedAt = later(one.unverifiedAt, other.unverifiedAt);
  if (unverifiedAt === undefined) return verifiedAt === undefined ? {} : { verifiedAt };
  return verifiedAt !== undefined && later(unverifiedAt, verifiedAt) !== unverifiedAt
    ? { verifiedAt }
    : { unverifiedAt };
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Date.parse(other) > Date.parse(one) ? other : one;
}

function marksOf({ verified_at, unverified_at }: VerifiedContact): Marks {
  return latest({ verifiedAt: verified_at }, isTime(unverified_at) ? { unverifiedAt: unverified_at } : {});
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/** Of what another release may have written, as much as is understood. */
function formerOf({ former }: Pin): readonly FormerIdentity[] {
  if (!Array.isArray(former)) return [];
  return former.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { identity_key, up_to_id } = entry as { identity_key?: unknown; up_to_id?: unknown };
    if (typeof up_to_id !== "number" || !Number.isSafeInteger(up_to_id)) return [];
    if (identity_key !== null && !isIdentityKey(identity_key)) return [];
    return [{ identityKey: identity_key, upToId: up_to_id }];
  });
}

/** Base64 of 32 octets. */
function isIdentityKey(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value);
}

function contentsOf(
  pins: readonly PinRecord[],
  vault: VaultContents,
): Pick<VaultMerge, "contents" | "omitted"> {
  const changedPins: Record<string, Pin> = {};
  const changedContacts: Record<string, VerifiedContact> = {};
  for (const pin of pins) {
    const id = String(pin.userId);
    const entry = pinEntry(pin, vault.pins[id]);
    if (entry && !isSame(entry, vault.pins[id])) changedPins[id] = entry;
    const contact = contactEntry(pin, vault.verified[id]);
    if (contact && !isSame(contact, vault.verified[id])) changedContacts[id] = contact;
  }
  if (isEmpty(changedPins) && isEmpty(changedContacts)) return { contents: vault, omitted: 0 };
  const contents = {
    ...vault,
    pins: { ...vault.pins, ...changedPins },
    verified: { ...vault.verified, ...changedContacts },
  };
  return withinRoom(contents, vault);
}

function isSame(one: object, other: object | undefined): boolean {
  return other !== undefined && sortedJson(one) === sortedJson(other);
}

function sortedJson(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}

/** @returns what the vault should say of this pin; `undefined` if it should go on saying what it says */
function pinEntry(pin: PinRecord, entry: Pin | undefined): Pin | undefined {
  const { identityKey, keyVersion, acceptedAt, former = [] } = pin;
  if (identityKey === null) return undefined;
  const same = entry?.identity_key === identityKey ? entry : undefined;
  if (entry && !same && !wasAcceptedAfter(acceptedAt, entry)) return undefined;
  return {
    ...same,
    identity_key: identityKey,
    key_version: Math.max(keyVersion, same?.key_version ?? 0),
    ...(acceptedAt !== undefined && { accepted_at: acceptedAt }),
    ...(former.length > 0 && {
      former: former.map((one) => ({ identity_key: one.identityKey, up_to_id: one.upToId })),
    }),
  };
}

/** Two devices that pinned different identities would else overwrite each other for ever. */
function wasAcceptedAfter(acceptedAt: string | undefined, { accepted_at }: Pin): boolean {
  if (acceptedAt === undefined) return false;
  return !isTime(accepted_at) || Date.parse(acceptedAt) > Date.parse(accepted_at);
}

function contactEntry(
  { identityKey, verifiedAt, unverifiedAt }: PinRecord,
  entry: VerifiedContact | undefined,
): VerifiedContact | undefined {
  if (identityKey === null) return undefined;
  const same = entry?.identity_key === identityKey ? entry : undefined;
  if (verifiedAt !== undefined) {
    const { unverified_at: _, ...rest }: Partial<VerifiedContact> = same ?? {};
    return { ...rest, identity_key: identityKey, verified_at: verifiedAt };
  }
  if (unverifiedAt === undefined) return undefined;
  const verified_at = same?.verified_at ?? unverifiedAt;
  return { ...same, identity_key: identityKey, verified_at, unverified_at: unverifiedAt };
}

/** Octets of nonce and tag around the JSON. */
const SEALING = 28;

/** Leaves out pins that nobody has verified until the rest has room: first those that are new to the vault. */
function withinRoom(contents: VaultContents, vault: VaultContents): Pick<VaultMerge, "contents" | "omitted"> {
  const pins = { ...contents.pins };
  let excess = octetsOf(contents) + SEALING - LIMITS.vaultBytes;
  let omitted = 0;
  for (const id of expendable(contents, vault)) {
    if (excess <= 0) break;
    excess -= octetsOf({ [id]: pins[id] }) - 1;
    delete pins[id];
    omitted += 1;
  }
  if (omitted === 0) return { contents, omitted };
  const smaller = { ...contents, pins };
  return excess > 0 || isSame(smaller, vault) ? { contents: vault, omitted } : { contents: smaller, omitted };
}

function expendable({ pins, verified }: VaultContents, vault: VaultContents): string[] {
  const unverified = Object.keys(pins).filter((id) => !Object.hasOwn(verified, id));
  const isOld = (id: string) => Object.hasOwn(vault.pins, id);
  return [...unverified.filter((id) => !isOld(id)), ...unverified.filter(isOld)];
}

function octetsOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
