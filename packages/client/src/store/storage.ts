/** One change to a key. */
export type RecordChange =
  | { readonly key: string; readonly value: Uint8Array }
  | { readonly key: string; readonly value?: undefined };

/** Keys from `from` (inclusive) to `to` (exclusive), compared by UTF-16 code unit; all keys are ASCII. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
  /** At most so many. */
  readonly limit?: number;
  /** From the end. */
  readonly reverse?: boolean;
}

/** An ordered map from ASCII keys to octets on a disk, in a browser's database or in memory. */
export interface Records {
  /** `undefined` for a key that is not there; answers in the order of the keys. */
  get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  /** In order of the keys, or in reverse. */
  range(range: KeyRange): Promise<{ readonly key: string; readonly value: Uint8Array }[]>;
  /** As {@link Records.range}, but the keys alone. */
  keys(range: KeyRange): Promise<string[]>;
  /**
   * Writes all or nothing; what was written before it resolves survives a crash of the program, and with `durable` one of
   * the machine.
   * @throws TacitError `store_full`
   */
  write(changes: readonly RecordChange[], options?: { readonly durable?: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** Seals values with a key that this device alone has. */
export interface Sealer {
  /** @param context bound in as additional data: what was sealed for one key does not open under another */
  seal(plaintext: Uint8Array, context: string): Promise<Uint8Array> | Uint8Array;
  /** @throws TacitError `store_damaged` */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array> | Uint8Array;
}

/** A storage that was opened: its records, and what seals them. */
export interface OpenStorage {
  readonly records: Records;
  readonly sealer: Sealer;
}

/** A place where one account's data is kept on this device: {@link memory}, {@link directory} or {@link indexedDb}. */
export interface Storage {
  /** Names it among the tabs of an origin, which share it; `undefined` if it can be opened only once. */
  readonly sharedAs: string | undefined;
  /**
   * @throws TacitError `store_in_use`, `store_damaged`, `store_full`, `store_unavailable`, `wrong_passphrase`,
   * `insecure_context`
   */
  open(): Promise<OpenStorage>;
  /**
   * Removes everything, the key that sealed it included. The storage must not be open.
   * @throws TacitError `store_in_use`
   */
  destroy(): Promise<void>;
}
