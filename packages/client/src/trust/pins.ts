import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { NoticeRecord, PinRecord } from "../store/tables.ts";
import type { ChangeFeed } from "../sync/changes.ts";
import type { Turns } from "../turns.ts";
import type { CheckedKey } from "./checked-key.ts";
import { newestMessageId, noticesOf } from "./notices.ts";
import { type Moment, replaced, type Sighting, sight } from "./sighting.ts";

/** What the pins of an account need. */
export interface PinsDependencies {
  readonly store: LocalStore;
  readonly turns: Turns;
  readonly changes: ChangeFeed;
  /** Something was pinned, accepted or verified that other devices of this account should know. */
  readonly onChange: () => void;
}

/** What becomes of some pins. */
interface Update {
  readonly pins: readonly PinRecord[];
  readonly notices: readonly NoticeRecord[];
}

/** The pinned identities of everyone, in the table `pin`. Every method takes a turn of its own, but for {@link Pins.find}. */
export class Pins {
  readonly #dependencies: PinsDependencies;
  #epoch = 0;

  constructor(dependencies: PinsDependencies) {
    this.#dependencies = dependencies;
  }

  /** Grows when an identity changes or is accepted. */
  get epoch(): number {
    return this.#epoch;
  }

  /** In the order of the ids. */
  find(userIds: readonly number[]): Promise<(PinRecord | undefined)[]> {
    return this.#dependencies.store.getMany(
      "pin",
      userIds.map((id) => [id]),
    );
  }

  /** Notes keys that the server presents, each already checked. @returns what each means */
  async see(keys: ReadonlyMap<number, CheckedKey>): Promise<Map<number, Sighting>> {
    return this.#dependencies.turns.take(async () => {
      const pins = await this.find([...keys.keys()]);
      const isOther = [...keys.values()].some(({ identityKey }, at) => pins[at]?.identityKey !== identityKey);
      const moment = isOther ? await this.#moment() : { at: new Date().toISOString(), newestId: 0 };
      const sightings = new Map(
        [...keys].map(([id, key], at) => [id, sight(id, pins[at], key, moment)] as const),
      );
      await this.#store(await this.#updateOf(sightings, moment));
      if ([...sightings.values()].some(isNews)) this.#epoch += 1;
      return sightings;
    });
  }

  async #updateOf(sightings: ReadonlyMap<number, Sighting>, { at }: Moment): Promise<Update> {
    const pins = [...sightings.values()].flatMap((sighting) =>
      "pin" in sighting && sighting.pin ? [sighting.pin] : [],
    );
    const notices = [];
    for (const [id, sighting] of sightings)
      if (isNews(sighting)) notices.push(...(await this.#notices("identity_changed", id, at)));
    return { pins, notices };
  }

  /** The person takes the changed identity for the right one. Without one, nothing happens. */
  async accept(userId: number): Promise<void> {
    await this.#dependencies.turns.take(async () => {
      const [pin] = await this.find([userId]);
      if (!pin?.changed) return;
      const moment = await this.#moment();
      const accepted = { ...replaced(pin, pin.changed, moment), acceptedAt: moment.at };
      const notices = await this.#notices("identity_accepted", userId, moment.at);
      await this.#store({ pins: [accepted], notices });
      this.#epoch += 1;
    });
  }

  /** @throws TacitError `not_possible` without an identity, or while another waits to be accepted */
  async setVerified(userId: number, verified: boolean): Promise<void> {
    await this.#dependencies.turns.take(async () => {
      const [pin] = await this.find([userId]);
      if (!pin || pin.identityKey === null || (verified && pin.changed))
        throw new TacitError("not_possible", "This person has no identity that could be verified now.");
      const { verifiedAt, unverifiedAt, ...rest } = pin;
      if (verified === (verifiedAt !== undefined)) return;
      const now = new Date().toISOString();
      const mark = verified ? { verifiedAt: now } : { unverifiedAt: now };
      await this.#store({ pins: [{ ...rest, ...mark }], notices: [] });
    });
  }

  /** Notes that this account's identity is new, and that nothing was signed up to this message, unless that is noted already. */
  async setOwn(userId: number, identityKey: string, upToId: number): Promise<void> {
    await this.#dependencies.turns.take(async () => {
      const [noted] = await this.find([userId]);
      if (noted?.identityKey === identityKey && noted.former?.some((former) => former.identityKey === null))
        return;
      const own = {
        userId,
        publicKey: null,
        keyVersion: 0,
        identityKey,
        firstSeenAt: new Date().toISOString(),
      };
      const former = upToId > 0 ? [{ identityKey: null, upToId }] : [];
      await this.#store({ pins: [{ ...own, former }], notices: [] });
    });
  }

  /** Replaces pins by what `change` makes of all there are; nobody is told of it but the listeners of `trust`. */
  async merge<T extends { readonly pins: readonly PinRecord[] }>(
    change: (pins: readonly PinRecord[], moment: Moment) => T,
  ): Promise<T> {
    return this.#dependencies.turns.take(async () => {
      const merged = change(await this.#dependencies.store.range("pin"), await this.#moment());
      await this.#write({ pins: merged.pins, notices: [] });
      if (merged.pins.length > 0) this.#epoch += 1;
      return merged;
    });
  }

  async #moment(): Promise<Moment> {
    const chats = await this.#dependencies.store.range("chat");
    return { at: new Date().toISOString(), newestId: newestMessageId(chats) };
  }

  async #notices(kind: NoticeRecord["kind"], userId: number, at: string): Promise<NoticeRecord[]> {
    const { store } = this.#dependencies;
    return noticesOf(store, await store.range("chat"), kind, userId, at);
  }

  async #store(update: Update): Promise<void> {
    if (update.pins.length === 0) return;
    await this.#write(update);
    this.#dependencies.onChange();
  }

  async #write({ pins, notices }: Update): Promise<void> {
    if (pins.length === 0) return;
    const { store, changes } = this.#dependencies;
    await store.write((rows) => {
      for (const pin of pins) rows.put("pin", [pin.userId], pin);
      for (const notice of notices) rows.put("notice", [notice.chatId, notice.id], notice);
    });
    changes.tell({ kind: "trust", userIds: pins.map(({ userId }) => userId) });
    for (const chatId of new Set(notices.map((notice) => notice.chatId)))
      changes.tell({ kind: "notices", chatId });
  }
}

function isNews(sighting: Sighting): boolean {
  return sighting.outcome === "upgraded" || (sighting.outcome === "changed" && sighting.news);
}
