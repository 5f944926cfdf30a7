import type {
  AccountRecord,
  ChatRecord,
  DraftRecord,
  MemberRecord,
  NoticeRecord,
  OriginalRecord,
  OutboxRecord,
  PinRecord,
  ProfileRecord,
  StoredMessage,
  SyncRecord,
} from "./tables.ts";

/** Every table: the parts of its key, in order, and what it holds. Numbers sort as numbers. */
export interface Tables {
  account: { key: []; value: AccountRecord };
  sync: { key: []; value: SyncRecord };
  chat: { key: [chatId: number]; value: ChatRecord };
  message: { key: [chatId: number, id: number]; value: StoredMessage };
  /** By whom, and what they call it: `17/<client_message_id in lower case>`. */
  original: { key: [chatId: number, name: string]; value: OriginalRecord };
  member: { key: [chatId: number, userId: number]; value: MemberRecord };
  profile: { key: [userId: number]; value: ProfileRecord };
  pin: { key: [userId: number]; value: PinRecord };
  notice: { key: [chatId: number, id: string]; value: NoticeRecord };
  draft: { key: [chatId: number]; value: DraftRecord };
  outbox: { key: [order: number]; value: OutboxRecord };
  /** What the search index has still to take in. */
  unindexed: { key: [chatId: number, id: number]; value: true };
  /** Parts of the search index; see search/. */
  index: { key: [part: string]; value: unknown };
  /** Settings of this device, by name. */
  setting: { key: [name: string]; value: unknown };
}

/** Name of a table. */
export type Table = keyof Tables;
/** What a table holds. */
export type ValueOf<T extends Table> = Tables[T]["value"];
/** The whole key of a row. */
export type KeyOf<T extends Table> = Tables[T]["key"];

/** Rows of a table whose key begins with `prefix`, in order of the rest of the key. */
export interface RowRange<T extends Table> {
  readonly prefix?: PrefixOf<KeyOf<T>>;
  /** Bounds of the first part of the key after the prefix. */
  readonly after?: number | string;
  readonly before?: number | string;
  readonly limit?: number;
  /** From the end. */
  readonly reverse?: boolean;
}

type PrefixOf<K extends readonly unknown[]> = K extends readonly [infer First, ...unknown[]]
  ? readonly [] | readonly [First]
  : readonly [];

/** Collects the changes of one atomic write. A later change of the same row replaces an earlier one. */
export interface Changes {
  put<T extends Table>(table: T, key: KeyOf<T>, value: ValueOf<T>): void;
  remove<T extends Table>(table: T, key: KeyOf<T>): void;
  /** Octets that are no JSON, such as pieces of files: table `spool`. */
  putPiece(fileId: string, piece: number, octets: Uint8Array): void;
  removePiece(fileId: string, piece: number): void;
}

/** Everything that this device keeps of one account, sealed. */
export interface LocalStore {
  get<T extends Table>(table: T, key: KeyOf<T>): Promise<ValueOf<T> | undefined>;
  /** In the order of the keys. */
  getMany<T extends Table>(table: T, keys: readonly KeyOf<T>[]): Promise<(ValueOf<T> | undefined)[]>;
  range<T extends Table>(table: T, range?: RowRange<T>): Promise<ValueOf<T>[]>;
  /** As {@link LocalStore.range}, but the keys alone; values are not opened. */
  keys<T extends Table>(table: T, range?: RowRange<T>): Promise<KeyOf<T>[]>;
  getPiece(fileId: string, piece: number): Promise<Uint8Array | undefined>;
  /**
   * Writes what `collect` puts together: all or nothing, in the order of the calls. Whoever reads, decides and writes does so
   * within a turn of its own (`turns.ts`), because the store knows no locks.
   * @throws TacitError `store_full`
   */
  write(collect: (changes: Changes) => void, options?: { readonly durable?: boolean }): Promise<void>;
  close(): Promise<void>;
}
