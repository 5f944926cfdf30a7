import { type Chat as ChatAnswer, endpoints } from "@tacit/protocol";
import type { Commands, Draft } from "../core/commands.ts";
import { newMessageKey } from "../crypto/index.ts";
import { toBase64, wipe } from "../crypto/primitives/octets.ts";
import { TacitError } from "../errors.ts";
import type { Media } from "../media/media.ts";
import type { OutgoingFile } from "../media/outgoing-file.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChatRecord, MessageRecord, SpooledFile } from "../store/tables.ts";
import type { AccountApi } from "../transport/api.ts";
import { Attachment } from "./attachment.ts";
import { Chat } from "./chat.ts";
import type { Directory } from "./directory.ts";
import type { Message, MessageActions } from "./message.ts";
import type { Outgoing } from "./outgoing.ts";
import type { People, PersonReference } from "./people.ts";
import { type PageOptions, Timeline } from "./timeline.ts";

/** What chats are made of. */
export interface ChatActionsDependencies {
  readonly store: LocalStore;
  readonly api: AccountApi;
  readonly commands: Commands;
  readonly directory: Directory;
  readonly people: People;
  readonly media: Media;
  readonly ownId: number;
  /** Resolves when whoever listens has been told of all changes so far. */
  readonly heard: () => Promise<void>;
}

/** What chats and messages ask of the rest. */
export class ChatActions implements MessageActions {
  readonly store: LocalStore;
  readonly api: AccountApi;
  readonly commands: Commands;
  readonly directory: Directory;
  /** Resolves when whoever listens has been told of all changes so far. */
  readonly heard: () => Promise<void>;
  readonly #people: People;
  readonly #media: Media;
  readonly #timeline: Timeline;
  readonly #chats = new Map<number, Chat>();

  constructor({ store, api, commands, directory, people, media, ownId, heard }: ChatActionsDependencies) {
    this.store = store;
    this.api = api;
    this.commands = commands;
    this.directory = directory;
    this.heard = heard;
    this.#people = people;
    this.#media = media;
    this.#timeline = new Timeline(store, this, ownId);
  }

  /** The same object for the same chat. */
  chat(id: number): Chat {
    const chat = this.#chats.get(id) ?? new Chat(id, this);
    this.#chats.set(id, chat);
    return chat;
  }

  person(id: number) {
    return this.directory.person(id);
  }

  attachment(...[record, key]: Parameters<MessageActions["attachment"]>): Attachment {
    return new Attachment(record, key, (...args) => this.#media.download(...args));
  }

  resolve(person: PersonReference): Promise<number> {
    return this.#people.resolve(person);
  }

  /** Takes a chat that a call has answered into the store, and waits until it can be seen. */
  async adopt(chat: ChatAnswer): Promise<void> {
    await this.commands.adopt(chat);
    await this.directory.heed({ kind: "chats", chatIds: [chat.id] });
  }

  one(chat: ChatRecord, id: number): Promise<Message | undefined> {
    return this.#timeline.one(chat, id);
  }

  /** The last of what this device holds. */
  async latest(chat: ChatRecord): Promise<Message | undefined> {
    return (await this.#timeline.page(chat, { limit: 1 })).at(-1);
  }

  /** A page; what is missing on this device is fetched if the server can be reached. */
  async page(chat: ChatRecord, options: PageOptions): Promise<Message[]> {
    const page = await this.#timeline.page(chat, options);
    if (options.after !== undefined) return page;
    const held = page.filter(({ id }) => id !== undefined).length;
    if (held >= (options.limit ?? 50) || chat.historyComplete) return page;
    const more = await this.commands.loadOlder(chat.id).then(
      () => true,
      () => false,
    );
    const now = await this.store.get("chat", [chat.id]);
    if (!more || !now || now.oldestId === chat.oldestId)
      return await this.#timeline.page(now ?? chat, options);
    return await this.page(now, options);
  }

  async send(chat: ChatRecord, outgoing: Outgoing): Promise<Message> {
    const draft = await this.#draftOf(chat, outgoing);
    try {
      outgoing.signal?.throwIfAborted();
      await this.commands.send(chat.id, draft);
    } catch (error) {
      await this.#discard(draft.files);
      throw error;
    }
    const sent = (await this.#timeline.page(chat, { limit: 50 })).find(({ key }) => key === draft.id);
    if (!sent) throw new TacitError("not_possible", "The message was taken back before it could be shown.");
    return sent;
  }

  async edit(message: Message, text: string): Promise<void> {
    await this.commands.edit(message.chatId, idOf(message), { text }, crypto.randomUUID());
  }

  async remove(message: Message): Promise<void> {
    await this.commands.remove(message.chatId, idOf(message), crypto.randomUUID());
  }

  async forward(record: MessageRecord, toChatIds: readonly number[]): Promise<void> {
    for (const chatId of toChatIds) await this.commands.forward(record, chatId, crypto.randomUUID());
  }

  retry(outboxId: string): Promise<void> {
    return this.commands.retry(outboxId);
  }

  discard(outboxId: string): Promise<boolean> {
    return this.commands.discard(outboxId);
  }

  async setAvatar(chatId: number, picture: Blob | null): Promise<void> {
    const form = new FormData();
    if (picture) form.set("avatar", picture);
    else form.set("remove", "true");
    await this.api.form(endpoints.chats.setChatAvatar, { params: { id: chatId }, form });
  }

  async #draftOf(chat: ChatRecord, outgoing: Outgoing): Promise<Draft> {
    const key = newMessageKey();
    const { text = "", document, files = [], type, signal } = outgoing;
    const replyToId = replyToIdOf(outgoing.replyTo);
    if (type && files.length !== 1)
      throw new TacitError("not_possible", "A voice or video message has one file: the recording.");
    const spooled = files.length > 0 ? await this.#spool(chat, files, key, signal) : [];
    const draft = {
      id: crypto.randomUUID(),
      key: toBase64(key),
      content: {
        kind: type ?? document?.type ?? "text",
        text,
        attachments: [],
        ...(document && { document }),
      },
      replyToId,
      files: spooled,
    };
    wipe(key);
    return draft;
  }

  async #spool(
    chat: ChatRecord,
    files: readonly OutgoingFile[],
    key: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<SpooledFile[]> {
    const sealed = chat.encrypted || chat.kind === "private";
    const options = {
      whole: sealed && !(await this.#isModern(chat)),
      thumbnailBytes: Math.min(MOST_THUMBNAIL, Math.floor(THUMBNAILS_OF_A_MESSAGE / files.length)),
      ...(signal && { signal }),
    };
    const spooled: SpooledFile[] = [];
    try {
      for (const file of files)
        spooled.push(await this.#media.spool(file, sealed ? key : undefined, options));
      return spooled;
    } catch (error) {
      await this.#discard(spooled);
      throw error;
    }
  }

  /** Offline nobody knows: a chat that is bound to be encrypted was made by a client of today. */
  async #isModern(chat: ChatRecord): Promise<boolean> {
    return await this.commands.isModern(chat.id).catch(() => chat.encrypted);
  }

  async #discard(files: readonly SpooledFile[]): Promise<void> {
    for (const file of files) await this.#media.discard(file);
  }
}

/** Octets of one thumbnail, and of all that a message has room for. */
const MOST_THUMBNAIL = 24 * 1024;
const THUMBNAILS_OF_A_MESSAGE = 120 * 1024;

/** @throws TacitError `not_possible` for a message that is still in the outbox: only the server gives it the id to name it by */
function replyToIdOf(replyTo: Outgoing["replyTo"]): number | null {
  if (typeof replyTo !== "object") return replyTo ?? null;
  if (replyTo.id !== undefined) return replyTo.id;
  throw new TacitError("not_possible", "A message can be answered once it is sent.");
}

/** A message that has no id yet is known by its row in the outbox. */
function idOf({ id, outboxId }: Message): number | string {
  return id ?? outboxId ?? "";
}
