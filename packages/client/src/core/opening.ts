import { type Account, openAccount } from "../account/account.ts";
import type { Arrived, Entrance } from "../account/arrival.ts";
import type { LocalStore } from "../store/local-store.ts";
import { openStore } from "../store/open-store.ts";
import type { Storage } from "../store/storage.ts";
import { createHttp, type Http } from "../transport/http.ts";
import type { Tokens } from "../transport/session.ts";
import type { Delays } from "./delays.ts";

/** Where an account is kept, and what this device is called. */
export interface DeviceOptions {
  /** Where everything of this account is kept on this device: `indexedDb()`, `directory(path)` or `memory()`. */
  readonly storage: Storage;
  /** What the list of my devices calls this one; at most 128 characters. */
  readonly deviceName?: string;
  /** What that list says of the program, such as `Tacit 1.2`; at most 128 characters. */
  readonly appVersion?: string;
  /** For tests, which do not wait as long as people can. @internal */
  readonly delays?: Delays;
}

/** Where an account is. */
export interface ServerOptions extends DeviceOptions {
  /** As `https://chat.example.org`. */
  readonly server: string;
}

/** Everything that is open of an account. */
export interface Opened {
  readonly options: DeviceOptions;
  readonly store: LocalStore;
  readonly http: Http;
  readonly account: Account;
  /** Of a session that was just opened. */
  readonly tokens?: Tokens;
}

/** Opens the storage and brings an account into it; if that fails, the storage is closed again. */
export async function arriveBy(
  options: ServerOptions,
  way: (entrance: Pick<Entrance, "http" | "store">) => Promise<Arrived>,
): Promise<Opened> {
  const http = httpOf(options, options.server);
  const store = await openStore(options.storage);
  return await orClose(store, async () => ({ options, store, http, ...(await way({ http, store })) }));
}

/** Opens the account that a storage holds. @throws TacitError `store_empty`; as `Storage.open` */
export async function openKept(options: DeviceOptions): Promise<Opened> {
  const store = await openStore(options.storage);
  return await orClose(store, async () => {
    const account = await openAccount(store);
    return { options, store, http: httpOf(options, account.record.server), account };
  });
}

function httpOf({ deviceName, appVersion }: DeviceOptions, server: string): Http {
  const device = { ...(deviceName && { name: deviceName }), ...(appVersion && { appVersion }) };
  return createHttp({ server, device });
}

async function orClose<T>(store: LocalStore, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    await store.close();
    throw error;
  }
}
