import type { ServerEventOf } from "@tacit/protocol";
import { fromBase64 } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { Uploads } from "../media/media.ts";
import type { Encryptor } from "../messages/encryptor.ts";
import type { LocalStore } from "../store/local-store.ts";
import type {
  ChatRecord,
  MessageRecord,
  OutboxRecord,
  OutgoingContent,
  SpooledFile,
} from "../store/tables.ts";
import { abortable } from "../transport/abortable.ts";
import type { Connection, Frame } from "../transport/transport.ts";
import { typeOf } from "./content.ts";

/** What one try needs. */
export interface AttemptDependencies {
  readonly store: LocalStore;
  readonly connection: Pick<Connection, "state" | "request">;
  readonly encryptor: Pick<Encryptor, "encrypt" | "forget">;
  readonly uploads: Pick<Uploads, "upload">;
  /** Keeps that a file is on the server. @returns the row as it is now; `undefined` if it was discarded */
  uploaded(rowId: string, fileId: string, serverId: number): Promise<OutboxRecord | undefined>;
  /** Octets of a row's files that are uploaded. */
  progress(outboxId: string, done: number, total: number): void;
}

/** A row that is under way. */
export interface Flight {
  /** Ends the try; `signal.reason` says why. */
  readonly abort: AbortController;
  /** The frame is out: what comes of it is the server's to say. */
  isOut: boolean;
  /** It may have been out in an earlier try. */
  wasTried: boolean;
}

/** A row that is ready to go out, and the message that it edits. */
export interface ReadyRow {
  readonly row: OutboxRecord;
  readonly message?: MessageRecord;
}

/** Uploads, encrypts, sends. @throws whatever goes wrong; the flight's reason if it is ended */
export async function attempt(
  dependencies: AttemptDependencies,
  { row, message }: ReadyRow,
  flight: Flight,
): Promise<ServerEventOf<"ok">> {
  const { signal } = flight.abort;
  const uploaded = await uploadAll(dependencies, row, signal);
  const frame = await abortable(toFrame(dependencies, uploaded, message), signal);
  signal.throwIfAborted();
  flight.isOut = true;
  return await abortable(dependencies.connection.request(frame), signal);
}

/** Unnamed files live for 24 hours; some time has to remain for sending. */
const UPLOAD_LIFETIME = 20 * 60 * 60_000;

/** Whether the server has the file, and will have it for some hours yet. */
export function isUploaded({ fileId, uploadedAt }: SpooledFile): boolean {
  if (fileId === undefined || uploadedAt === undefined) return false;
  return Date.now() - Date.parse(uploadedAt) < UPLOAD_LIFETIME;
}

async function uploadAll(
  { uploads, uploaded, progress }: AttemptDependencies,
  row: OutboxRecord,
  signal: AbortSignal,
): Promise<OutboxRecord> {
  const total = sizeOf(row.uploads);
  let current = row;
  for (const file of row.uploads) {
    if (isUploaded(file)) continue;
    const before = sizeOf(current.uploads.filter(isUploaded));
    const onProgress = (done: number) => progress(row.id, before + done, total);
    const serverId = await abortable(uploads.upload(row.chatId, file, { signal, onProgress }), signal);
    const next = await uploaded(row.id, file.id, serverId);
    if (!next) throw signal.reason ?? new TacitError("closed", "This message was discarded.");
    current = next;
  }
  return current;
}

function sizeOf(files: readonly SpooledFile[]): number {
  return files.reduce((sum, { encryptedSize }) => sum + encryptedSize, 0);
}

async function toFrame(
  { store, encryptor }: AttemptDependencies,
  row: OutboxRecord,
  edited: MessageRecord | undefined,
): Promise<Frame> {
  const { chatId, operation } = row;
  if (operation.kind === "delete")
    return { type: "delete_message", chat_id: chatId, message_id: idOf(operation) };
  const chat = await store.get("chat", [chatId]);
  if (!chat) throw new TacitError("unknown_chat", "This chat does not exist.");
  const sealed = await seal(encryptor, chat, row, edited);
  if (operation.kind === "edit")
    return { type: "edit_message", chat_id: chatId, message_id: idOf(operation), ...sealed };
  const own = { ...sealed, client_message_id: row.id };
  if (operation.kind === "forward") {
    const { fromChatId, messageId } = operation;
    return {
      type: "forward_message",
      from_chat_id: fromChatId,
      message_id: messageId,
      to_chat_id: chatId,
      ...own,
    };
  }
  const { replyToId } = operation;
  const reply = replyToId === null ? {} : { reply_to_message_id: replyToId };
  return { type: frameType(operation.content), chat_id: chatId, ...own, ...reply };
}

function idOf({ messageId }: { readonly messageId: number | null }): number {
  if (messageId === null) throw new TacitError("unknown_message", "This message does not exist.");
  return messageId;
}

function frameType(content: OutgoingContent) {
  const type = typeOf(content);
  return type === "voice_message" || type === "video_message" ? type : "send_message";
}

function seal(
  encryptor: AttemptDependencies["encryptor"],
  chat: ChatRecord,
  row: OutboxRecord,
  edited: MessageRecord | undefined,
) {
  const { operation } = row;
  if (operation.kind === "delete") throw new TypeError("a deletion says nothing");
  const content = { ...operation.content, attachments: [...operation.content.attachments, ...attached(row)] };
  const key = fromBase64(row.key);
  if (operation.kind !== "edit" || !edited) {
    const replyToId = operation.kind === "send" ? operation.replyToId : null;
    return encryptor.encrypt(chat, {
      key,
      content,
      clientMessageId: row.id,
      rev: 0,
      replyToId,
      type: typeOf(content),
    });
  }
  const { clientMessageId, replyToId, type } = edited;
  return encryptor.encrypt(chat, { key, content, clientMessageId, rev: operation.rev, replyToId, type });
}

function attached({ uploads }: OutboxRecord) {
  return uploads.map(({ attachment, fileId }) => ({
    ...attachment,
    fileId: fileId ?? null,
    metadata: { ...attachment.metadata, file_id: fileId ?? null },
  }));
}
