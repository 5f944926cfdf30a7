import { TacitError } from "../errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { AccountRecord } from "../store/tables.ts";
import { Turns } from "../turns.ts";

/** The account of a storage: its secrets, and the one who writes them. */
export class Account {
  readonly #store: LocalStore;
  readonly #writes = new Turns();
  #record: AccountRecord;
  /**
   * Changes of the keys or the password, which read from the server and then write there: one after the other, or the later
   * would undo the earlier.
   */
  readonly changes = new Turns();

  constructor(store: LocalStore, record: AccountRecord) {
    this.#store = store;
    this.#record = record;
  }

  /** As it is stored. */
  get record(): AccountRecord {
    return this.#record;
  }

  /**
   * Stores what `change` makes of the record, for good, before anybody sees it.
   *
   * @throws TacitError as `LocalStore.write`
   */
  update(change: (record: AccountRecord) => AccountRecord): Promise<AccountRecord> {
    return this.#writes.take(async () => {
      const next = change(this.#record);
      if (next === this.#record) return next;
      await this.#store.write((changes) => changes.put("account", [], next), { durable: true });
      this.#record = next;
      return next;
    });
  }

  /** For `createSession`: keeps the refresh token that is good from now on. @throws TacitError as {@link Account.update} */
  async saveRefreshToken(refreshToken: string): Promise<void> {
    await this.update((record) => ({ ...record, refreshToken }));
  }

  /** The server has ended the session. Everything else stays, sealed, until the same person signs in again or wipes it. */
  async sessionEnded(): Promise<void> {
    await this.update(({ refreshToken: _, ...record }) => record);
  }
}

/** The account that a storage holds. @throws TacitError `store_empty`; as `LocalStore.get` */
export async function openAccount(store: LocalStore): Promise<Account> {
  const record = await store.get("account", []);
  if (!record) throw new TacitError("store_empty", "Nobody has signed in to this storage yet.");
  return new Account(store, record);
}
