import type { ChatKind, FileMetadata, Message, Role, SystemNotice } from "@tacit/protocol";
import type { TacitErrorCode } from "../errors.ts";

// What is kept on the device, by table. Everything is JSON; octets are in base64, times are RFC 3339 in UTC.

/** The signed-in account with its secrets. */
export interface AccountRecord {
  readonly server: string;
  readonly userId: number;
  readonly login: string;
  readonly sessionId: string;
  /** Absent once the session has ended. */
  readonly refreshToken?: string;
  readonly bundle: {
    readonly x25519: string;
    readonly identitySeed: string;
    readonly backup: string;
    readonly old: readonly { readonly keyVersion: number; readonly x25519: string }[];
  };
  readonly keyVersion: number;
  /** Opens the bundle again when another device has rotated the keys; base64 of 32 octets. */
  readonly masterKey: string;
  /** A new password's, as long as nobody knows whether the server has it. */
  readonly nextMasterKey?: string;
  /** Whether the person has proven to have the recovery words. Until then the account is not usable. */
  readonly recoveryProven: boolean;
  /** The words' entropy, kept only until they are proven. */
  readonly recoveryEntropy?: string;
  /** An old client made it, and this device has not noted yet up to which message nothing was signed. */
  readonly isUpgraded?: true;
}

/** A chat as this device knows it. */
export interface ChatRecord {
  readonly id: number;
  readonly kind: ChatKind;
  readonly title: string | null;
  readonly avatar: string | null;
  readonly createdAt: string;
  /** Once true it stays so, whatever a server says. */
  readonly encrypted: boolean;
  /** The other side of a private chat. */
  readonly peerId: number | null;
  readonly myRole: Role;
  readonly memberCount: number;
  readonly membersVersion: number;
  readonly isFavorite: boolean;
  readonly isArchived: boolean;
  readonly mutedUntil: string | null;
  /** Every change up to this one has been applied. */
  readonly seq: number;
  readonly historyFromId: number | null;
  /** Messages from this one on are all here; `null`: none has been loaded yet. */
  readonly oldestId: number | null;
  /** There is nothing before `oldestId`. */
  readonly historyComplete: boolean;
  /** The newest message that is not deleted, if it is here. */
  readonly lastMessageId: number | null;
  /** When something last happened, for the order of the list. */
  readonly activeAt: string;
  /** Pointers; 0 for none. */
  readonly readId: number;
  readonly deliveredId: number;
  readonly othersReadId: number;
  readonly othersDeliveredId: number;
  /** Messages of others past `readId`, not deleted, not system; 1000 stands for that many or more. */
  readonly unread: number;
  /** Nobody knows the count until the next catch-up: a message was deleted that is not here. */
  readonly unreadUncertain?: boolean;
  /** A read pointer of this device that the server has not been told yet. */
  readonly readToTell?: number;
  /** The newest message that was ever heard of, deleted or not; absent: none. */
  readonly newestId?: number;
  /** Table `member` holds all of them. */
  readonly membersLoaded?: true;
  /** The person made room here: what is not here is loaded when it is read, not by itself. */
  readonly historyCleared?: true;
}

/** What is known about who wrote a message, and that it is what they wrote. Only `verified` may look like it. */
export type MessageTrust =
  /** Signed by the pinned identity of its sender. */
  | "verified"
  /** Its sender uses an old client, or has no identity that is known: a server could have made it up. */
  | "unverified_sender"
  /** Not encrypted, in a chat that is not either. */
  | "plain"
  /** Not encrypted, in a chat that is: a server could have made it up. */
  | "plaintext_in_encrypted_chat"
  /** Written by the server itself: who joined, left and so on. */
  | "system";

/** Why the content of a message is not shown. */
export type UnreadableReason =
  /** There is no envelope for this account: it was not a member then, or the sender did not encrypt for it. */
  | "no_envelope"
  /** No key of this account opens the envelope. */
  | "no_key"
  /** Its envelope, ciphertext or content has been changed or was never right. */
  | "damaged"
  /** Its signature is wrong or missing: the sender did not write this. */
  | "forged";

/** A file that a message names. */
export interface AttachmentRecord {
  readonly fileId: number | null;
  readonly name: string;
  readonly mimetype: string;
  /** Octets of plaintext. */
  readonly size: number;
  /** Its entry in the message's metadata, which says how it is encrypted. */
  readonly metadata: FileMetadata;
  /** A small picture of it: base64 of JPEG, PNG or WebP. */
  readonly thumbnail?: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Milliseconds. */
  readonly duration?: number;
  /** Loudness over time, 0 to 255, for voice messages. */
  readonly waveform?: readonly number[];
}

/** What a message says. */
export interface MessageContent {
  readonly text: string;
  /** `text`, or the type of the document that it is (CRYPTO.md, section 4). */
  readonly kind: string;
  /** The whole document, for kinds that this release does not know. */
  readonly document?: Readonly<Record<string, unknown>>;
  readonly attachments: readonly AttachmentRecord[];
  /** The message's key, base64 of 32 octets: opens its files. Absent in plain messages. */
  readonly key?: string;
}

/** A message as it was read: decrypted once, and verified. */
export interface MessageRecord {
  readonly chatId: number;
  readonly id: number;
  /** Of its last change. */
  readonly seq: number;
  readonly deleted?: undefined;
  readonly senderId: number;
  readonly clientMessageId: string | null;
  readonly createdAt: string;
  readonly editedAt: string | null;
  readonly replyToId: number | null;
  readonly forwardedFrom: {
    readonly chatId: number | null;
    readonly messageId: number;
    readonly senderId: number | null;
  } | null;
  /** The protocol's `message_type`. */
  readonly type: string;
  readonly system: SystemNotice | null;
  readonly trust: MessageTrust;
  /** The highest `rev` that was verified. */
  readonly rev: number | null;
  /** Absent if it cannot be shown: `unreadable` says why. */
  readonly content?: MessageContent;
  readonly unreadable?: UnreadableReason;
  /** A later edit was refused, because it was forged or rolled back; the content is the one before it. */
  readonly editRefused?: boolean;
  /** As it was delivered, as long as it cannot be read: a key may come. */
  readonly raw?: Message;
}

/** What is left of a deleted message: it keeps older answers of the server from bringing it back. */
export interface TombstoneRecord {
  readonly chatId: number;
  readonly id: number;
  readonly seq: number;
  readonly deleted: { readonly at: string; readonly by: number };
}

export type StoredMessage = MessageRecord | TombstoneRecord;

/** Where a message stands that was verified: its sender gives a `client_message_id` once, so anything else is a copy. */
export interface OriginalRecord {
  /** Of the message, deleted or not; absent once its chat is gone: then nobody knows where it will stand. */
  readonly id?: number;
  /** The highest that was verified: an earlier edit is never taken again. */
  readonly rev: number;
}

/** A member of a chat, or one who left. */
export interface MemberRecord {
  readonly chatId: number;
  readonly userId: number;
  /** Of the last change to the membership. */
  readonly seq: number;
  readonly role: Role;
  readonly joinedAt: string;
  readonly readId: number;
  readonly deliveredId: number;
  readonly removed?: true;
}

export interface ProfileRecord {
  readonly userId: number;
  readonly username: string;
  readonly nickname: string;
  readonly avatar: string | null;
}

/** A key that somebody uses, as it was delivered and checked. */
export interface KnownKey {
  /** X25519, base64; `null` if another device of this account told of the identity, and its key has not been seen here yet. */
  readonly publicKey: string | null;
  readonly keyVersion: number;
  /** Ed25519, base64; `null` for someone whose key the server signs. */
  readonly identityKey: string | null;
}

/** An identity that somebody had before: messages up to `upToId` may still be its. `null`: none, so nothing was signed. */
export interface FormerIdentity {
  /** Ed25519, base64. */
  readonly identityKey: string | null;
  readonly upToId: number;
}

/** The identity of a contact, as it was first seen and what became of it. */
export interface PinRecord extends KnownKey {
  readonly userId: number;
  readonly firstSeenAt: string;
  /** When the safety number of this very identity was compared. */
  readonly verifiedAt?: string;
  /** When that was taken back. */
  readonly unverifiedAt?: string;
  /** When the person accepted this identity in the place of another. */
  readonly acceptedAt?: string;
  /** Newest first. */
  readonly former?: readonly FormerIdentity[];
  /** Another identity that the server presents: nothing is sent until somebody accepts it. */
  readonly changed?: KnownKey & { readonly seenAt: string };
}

/** A line in a chat that this device wrote for its owner. */
export interface NoticeRecord {
  /** The chat that it stands in. */
  readonly chatId: number;
  /** A UUID. */
  readonly id: string;
  /** What happened: the server presents another identity, or this account accepted one. */
  readonly kind: "identity_changed" | "identity_accepted";
  /** Whose identity. */
  readonly userId: number;
  /** RFC 3339, UTC, by this device's clock. */
  readonly at: string;
  /** It stands after this message; 0: before all. */
  readonly afterMessageId: number;
}

/** A message that is not finished: its text, and the message that it will answer or replace. */
export interface Draft {
  /** As typed. */
  readonly text: string;
  /** Id of the message that it will answer. */
  readonly replyToId?: number;
  /** Id of the message whose text it will replace. */
  readonly editsId?: number;
  /** What was begun before, and waits until the message is edited. */
  readonly aside?: {
    /** As typed. */
    readonly text: string;
    /** Id of the message that it will answer. */
    readonly replyToId?: number;
  };
}

/** What somebody has begun to write in a chat and not sent yet. */
export interface DraftRecord extends Draft {
  readonly chatId: number;
}

/** What the sender wants to say. */
export interface OutgoingContent {
  /** `text`, `voice_message` or `video_message`, or a document's type. */
  readonly kind: string;
  readonly text: string;
  readonly document?: Readonly<Record<string, unknown>>;
  /** Files that are on the server already. */
  readonly attachments: readonly AttachmentRecord[];
}

/** Something that was asked for and that the server has not confirmed yet. */
export interface OutboxRecord {
  /** UUID; for a send or forward the `client_message_id`. */
  readonly id: string;
  /** Grows by one: the order in which things were asked for. */
  readonly order: number;
  readonly chatId: number;
  readonly createdAt: string;
  readonly operation:
    | { readonly kind: "send"; readonly content: OutgoingContent; readonly replyToId: number | null }
    | {
        readonly kind: "forward";
        readonly fromChatId: number;
        readonly messageId: number;
        readonly content: OutgoingContent;
      }
    | ({
        readonly kind: "edit";
        readonly rev: number;
        readonly content: OutgoingContent;
      } & OutboxTarget)
    | ({ readonly kind: "delete" } & OutboxTarget);
  /** The message's key, base64 of 32 octets: the same in every try, since its files are encrypted with it. */
  readonly key: string;
  /** Files that still have to be uploaded: their ciphertext lies in the spool. */
  readonly uploads: readonly SpooledFile[];
  /**
   * `queued`: waits for its turn or for the network. `sending`: under way. `sent`: confirmed; the message itself is still to
   * come. `held`: waits for the person, see `failure`. `failed`: given up, see `failure`.
   */
  readonly state: "queued" | "sending" | "sent" | "held" | "failed";
  /** It may have reached the server in a try whose answer was lost. */
  readonly tried?: true;
  /** The server's id of the message, once it is `sent`. */
  readonly messageId?: number;
  readonly failure?: OutboxFailure;
}

/** Why something was not sent. */
export interface OutboxFailure {
  /** As of the error; `ERROR_ADVICE` says what to do about it. */
  readonly code: TacitErrorCode;
  /** One plain English sentence. */
  readonly message: string;
  /** The people concerned, such as those whose identity has changed. */
  readonly userIds?: readonly number[];
}

/** The message that an edit or a deletion is about. */
interface OutboxTarget {
  /** `null`: it is in the outbox itself, under way, and nobody knows its id yet. */
  readonly messageId: number | null;
  /** Its `client_message_id`, if it was in the outbox then. */
  readonly clientMessageId?: string;
}

/** An encrypted file that waits for its upload, in pieces of the table `spool`. */
export interface SpooledFile {
  /** UUID. */
  readonly id: string;
  /** Octets of ciphertext. */
  readonly encryptedSize: number;
  readonly pieces: number;
  /** All that the message will say about it, but for its `file_id`. */
  readonly attachment: AttachmentRecord;
  /** Once it is uploaded. */
  readonly fileId?: number;
  /** RFC 3339: a server forgets a file that no message names after a day. */
  readonly uploadedAt?: string;
}

/** Where catching up stands, and other single facts. */
export interface SyncRecord {
  readonly cursor?: string;
  /** ETag of the vault as last seen. */
  readonly vaultEtag?: string;
}
