import type { Message } from "@tacit/protocol";
import type { LocalStore, RowRange } from "../store/local-store.ts";
import type { MessageRecord, StoredMessage } from "../store/tables.ts";
import type { Turns } from "../turns.ts";
import type { ChangeFeed } from "./changes.ts";
import type { MessageReader } from "./dependencies.ts";
import { Draft, isThere } from "./draft.ts";
import { admitted } from "./originals.ts";

/** What it needs. */
export interface UnreadableDependencies {
  readonly store: LocalStore;
  readonly turns: Turns;
  readonly changes: ChangeFeed;
  readonly reader: MessageReader;
  readonly pipeline: Turns;
}

const ROWS_AT_ONCE = 200;

/** Reads the messages of a chat again that could not be read, as there are other keys now, or other identities. */
export async function retryChat(dependencies: UnreadableDependencies, chatId: number): Promise<void> {
  const { store, pipeline } = dependencies;
  for (let after: number | undefined = 0; after !== undefined; ) {
    const range: RowRange<"message"> = { prefix: [chatId], after, limit: ROWS_AT_ONCE };
    const rows: StoredMessage[] = await store.range("message", range);
    const ids = rows.filter((row) => rawOf(row) !== undefined).map(({ id }) => id);
    if (ids.length > 0) await pipeline.take(() => retryMessages(dependencies, chatId, ids));
    after = rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)?.id;
  }
}

async function retryMessages(
  { store, turns, changes, reader }: UnreadableDependencies,
  chatId: number,
  ids: readonly number[],
): Promise<void> {
  const chat = await store.get("chat", [chatId]);
  const rows = await store.getMany(
    "message",
    ids.map((id) => [chatId, id]),
  );
  const known = new Map(rows.flatMap((row) => (row ? [[row.id, row] as const] : [])));
  const raws = rows.flatMap((row) => rawOf(row) ?? []);
  if (!chat || raws.length === 0) return;
  const read = (await reader.read(raws, chat, known)).filter((record) =>
    isBetter(record, known.get(record.id)),
  );
  if (read.length === 0) return;
  const messageIds = await turns.take(async () => {
    const draft = new Draft(store);
    for (const record of read) {
      const taken = await admitted(draft, record);
      if (!taken) continue;
      draft.put("message", [chatId, taken.id], taken);
      draft.put("unindexed", [chatId, taken.id], true);
    }
    await draft.write();
    return draft.changed("message").map(([, id]) => id);
  });
  if (messageIds.length > 0) changes.tell({ kind: "messages", chatId, messageIds });
}

function rawOf(row: Parameters<typeof isThere>[0]): Message | undefined {
  return isThere(row) ? row.raw : undefined;
}

function isBetter(record: MessageRecord, known: Parameters<typeof isThere>[0]): boolean {
  return isThere(known) && known.seq === record.seq && JSON.stringify(known) !== JSON.stringify(record);
}
