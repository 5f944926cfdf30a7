import type { ChatKind, Message } from "@tacit/protocol";
import { inParallel } from "../parallel.ts";
import type { MessageRecord, StoredMessage } from "../store/tables.ts";
import { mayGoBetter } from "../sync/retry.ts";
import type { OwnSecrets } from "../trust/own-keys.ts";
import type { Trust } from "../trust/trust.ts";
import { readMessage } from "./reading.ts";
import { recordOf } from "./record.ts";

/** Messages that are worked on at a time. */
const AT_ONCE = 64;

/** What a reader needs. */
export interface ReaderDependencies {
  readonly trust: Pick<Trust, "senders">;
  readonly keys: OwnSecrets;
}

/** The chat that messages were asked of. */
export interface ReadChat {
  /** Messages of another chat are left out of the answer: a server was asked for this one. */
  readonly id?: number;
  readonly encrypted: boolean;
  readonly kind: ChatKind;
}

/** Makes records of messages as they were delivered. */
export interface Reader {
  /**
   * Decrypts and verifies. Never throws for what a server can send. Not within a turn.
   *
   * @param known what the store has of these messages: what was verified stays if what comes after it is not
   * @throws TacitError of the network, when a sender's key has to be fetched, or new ones of this account
   */
  read(
    messages: readonly Message[],
    chat: ReadChat,
    known: ReadonlyMap<number, StoredMessage>,
  ): Promise<MessageRecord[]>;
}

/** A reader for one account. */
export function createReader({ trust, keys }: ReaderDependencies): Reader {
  async function readAll(messages: readonly Message[], encrypted: boolean, known: Known) {
    const news = messages.filter((message) => !isKnown(message, known.get(message.id)));
    const senders = await trust.senders(
      news.filter(({ envelopes }) => envelopes !== null).map(({ sender_id }) => sender_id),
    );
    const { userId } = keys;
    const privateKeys = keys.privateKeys();
    return await inParallel(messages, AT_ONCE, async (message) => {
      const previous = previousOf(known.get(message.id));
      if (previous && isKnown(message, previous)) return { message, record: previous, noKey: false };
      const sender = senders.get(message.sender_id) ?? { identityKey: undefined, former: [] };
      const knownRev = previous?.rev ?? undefined;
      const reading = await readMessage(message, { encrypted, userId, privateKeys, sender, knownRev });
      const noKey = "unreadable" in reading && reading.unreadable === "no_key";
      return { message, record: recordOf(message, reading, previous), noKey };
    });
  }

  return {
    read: async (messages, { id, kind, encrypted: bound }, known) => {
      // In private chats every client encrypts, whatever the server says of them.
      const encrypted = bound || kind === "private";
      const asked = messages.filter(({ chat_id }) => id === undefined || chat_id === id);
      const first = await readAll(asked, encrypted, known);
      const keyless = first.filter(({ noKey }) => noKey).map(({ message }) => message);
      if (keyless.length === 0 || !(await hasNewKeys(keys))) return first.map(({ record }) => record);
      const again = await readAll(keyless, encrypted, known);
      const read = new Map(again.map(({ message, record }) => [message, record]));
      return first.map(({ message, record }) => read.get(message) ?? record);
    },
  };
}

type Known = ReadonlyMap<number, StoredMessage>;

function previousOf(known: StoredMessage | undefined): MessageRecord | undefined {
  return known === undefined || known.deleted ? undefined : known;
}

/** Whether nothing could come of reading it: it is older than what is held, or the same and was read. */
function isKnown(message: Message, known: StoredMessage | undefined): boolean {
  const previous = previousOf(known);
  if (!previous) return false;
  return (
    message.seq < previous.seq || (message.seq === previous.seq && !previous.raw && !previous.unreadable)
  );
}

/**
 * Of keys that are no good the messages stay unreadable; they are read again once there are others. Without an answer nobody
 * knows whether there are: then nothing is read, or nobody would ask again.
 */
async function hasNewKeys(keys: OwnSecrets): Promise<boolean> {
  try {
    return await keys.refresh();
  } catch (error) {
    if (mayGoBetter(error)) throw error;
    return false;
  }
}
