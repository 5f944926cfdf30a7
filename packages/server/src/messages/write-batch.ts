import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { type NewMessage, type StoredMessage, storeMessages } from "./store.ts";

/** Rows of one transaction at most: enough to share a commit, few enough to keep it short. */
const MAX_ROWS = 256;
/** Characters of one batch: large messages share a transaction with fewer others. */
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Messages that may wait; beyond that senders are told that the server is busy. */
const MAX_WAITING = 20_000;

interface Waiting {
  readonly message: NewMessage;
  readonly resolve: (stored: StoredMessage) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers messages of many senders into transactions. */
export interface WriteBatch {
  /**
   * Stores a message with the next transaction; messages are numbered in the order of these calls.
   *
   * @throws {TacitError} `busy` when too many wait, and what the database throws.
   */
  submit(message: NewMessage): Promise<StoredMessage>;
  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void>;
}

/**
 * While one transaction is under way the next batch gathers; when it returns, the batch goes. So a message alone waits for
 * nothing, and under load one commit serves many. Never two at once: they could reorder a sender.
 *
 * @param onBatch told the size of every batch.
 */
export function createWriteBatch(database: Database, onBatch: (rows: number) => void): WriteBatch {
  const waiting: Waiting[] = [];
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    // One turn of the event loop, so that frames which arrived together leave together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      onBatch(batch.length);
      await storeBatch(database, batch);
    }
    working = null;
  }

  return {
    submit: (message) => {
      if (waiting.length >= MAX_WAITING) return Promise.reject(new TacitError("busy", { retryAfter: 1 }));
      return new Promise((resolve, reject) => {
        waiting.push({ message, resolve, reject });
        working ??= work();
      });
    },
    drained: async () => {
      while (working) await working;
    },
  };
}

/**
 * Takes from the front. A message that repeats a `client_message_id` of the same batch ends it: only the next transaction
 * can see the first one and answer with a duplicate.
 */
function takeBatch(waiting: Waiting[]): Waiting[] {
  const seen = new Set<string>();
  let characters = 0;
  let count = 0;
  for (const { message } of waiting) {
    const key =
      message.client_message_id && `${message.chat_id} ${message.sender_id} ${message.client_message_id}`;
    characters += message.message.length;
    if (count >= MAX_ROWS || (count > 0 && characters > MAX_CHARACTERS) || (key && seen.has(key))) break;
    if (key) seen.add(key);
    count += 1;
  }
  return waiting.splice(0, count);
}

async function storeBatch(database: Database, batch: readonly Waiting[]): Promise<void> {
  try {
    const stored = await database.run((sql) =>
      storeMessages(
        sql,
        batch.map(({ message }) => message),
      ),
    );
    for (const [index, { resolve, reject }] of batch.entries()) {
      const row = stored[index];
      if (row) resolve(row);
      else reject(new Error("the database answered with fewer rows than the batch has"));
    }
  } catch (error) {
    await recover(database, batch, error);
  }
}

/**
 * A batch that the database refused was rolled back, so each message is tried alone and only the one at fault fails. After
 * a lost connection nobody knows whether the commit happened: the senders ask again with the same `client_message_id`.
 */
async function recover(database: Database, batch: readonly Waiting[], error: unknown): Promise<void> {
  const lostConnection = error instanceof TacitError;
  if (lostConnection || batch.length === 1) {
    for (const { reject } of batch) reject(error);
    return;
  }
  for (const entry of batch) await storeBatch(database, [entry]);
}
