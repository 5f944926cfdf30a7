import { randomUUID } from "node:crypto";
import type { BodyOf, Chat, endpoints, Role } from "@tacit/protocol";
import type { Answer } from "../test-client.ts";
import type { TestServer } from "../test-server.ts";
import { Device, type FrameAnswer, type Repeatable } from "./device.ts";
import type { Person } from "./people.ts";
import { ActionRecord, type Made, type Written } from "./record.ts";
import {
  ANY_CHAT,
  type Burst,
  type InitialChat,
  type Operation,
  type Schedule,
  type Step,
} from "./schedule.ts";
import { letTimePass } from "./time.ts";

/** The answers that a schedule may bring: somebody else was faster, or it was never theirs to do. */
const POSSIBLE_REFUSALS: ReadonlySet<string> = new Set([
  "not_a_member",
  "may_not_write",
  "stale_members",
  "envelopes_required",
  "unknown_message",
  "unknown_chat",
  "unknown_user",
  "forbidden",
  "private_chat",
  "too_many_favorites",
]);

/** What is refused in a private chat. */
const CALLS_IN_GROUPS: ReadonlySet<Operation["does"]> = new Set([
  "add",
  "remove",
  "role",
  "hand over",
  "title",
]);

/** Everybody in a schedule, their devices, and what they did. */
export class World {
  readonly people: readonly Person[];
  /** By person; the first of each is always there. */
  readonly devices: readonly (readonly Device[])[];
  readonly record = new ActionRecord();
  readonly #initialChats: readonly InitialChat[];
  #server: TestServer | undefined;

  constructor(people: readonly Person[], { devices, chats }: Schedule) {
    this.#initialChats = chats;
    this.people = people.slice(0, devices.length);
    this.devices = this.people.map(({ clients }, person) =>
      clients
        .slice(0, devices[person])
        .map((client, device) => new Device(client, `device ${device} of person ${person} (${client.id})`)),
    );
  }

  /** Makes the chats in which most things happen, all of them long ago, and connects everybody. */
  async begin(server: TestServer): Promise<void> {
    const { sql } = server;
    this.#server = server;
    await sql`DELETE FROM messages`;
    await sql`DELETE FROM chats`;
    await Promise.all(this.#alwaysThere().map((device) => device.connect()));
    await this.#makeInitialChats();
    for (const device of this.#alwaysThere()) await this.#untilItHolds(device, this.#startOf(device));
    await letTimePass(server, this.devices.flat());
    await Promise.all(this.devices.flat().map((device) => device.connect()));
    for (const device of this.devices.flat()) await this.#untilItHolds(device, this.#startOf(device));
  }

  /** In groups not with the third: whoever comes later has something behind them. */
  async #makeInitialChats(): Promise<void> {
    const [first, second, third] = this.people as [Person, Person, Person];
    const some = [second, ...this.people.slice(3)].map(({ id }) => id);
    const kinds: Readonly<Record<InitialChat, readonly [Person, NewChat]>> = {
      "open group": [first, { kind: "group", title: "open", user_ids: some }],
      private: [first, { kind: "private", user_ids: [second.id] }],
      "sealed group": [first, { kind: "group", title: "sealed", encrypted: true, user_ids: some }],
      "sealed private": [third, { kind: "private", encrypted: true, user_ids: [first.id] }],
      channel: [second, { kind: "channel", title: "news", user_ids: [first.id] }],
    };
    for (const name of this.#initialChats) await this.#make(...kinds[name]);
    for (const { id, kind } of this.record.made.values()) {
      if (kind !== "group") continue;
      await first.clients[0]?.patch(`/chats/${id}/members/${second.id}`, {
        body: { role: "admin" },
        expectStatus: 204,
      });
    }
  }

  #alwaysThere(): Device[] {
    return this.devices.flatMap(([first]) => first ?? []);
  }

  #startOf({ client }: Device): Made[] {
    return [...this.record.made.values()].filter(({ members }) => client.id in members);
  }

  async #untilItHolds(device: Device, chats: readonly Made[]): Promise<void> {
    const isThere = () => chats.every(({ id }) => device.replica.chats.get(id)?.members.size);
    if (!(await device.until(isThere, 5_000))) throw new Error(`${device.name} does not hear of its chats`);
  }

  /** Carries out the steps of a burst at once; those of one device one after the other. */
  async carryOut({ isLater, steps: all }: Burst): Promise<void> {
    if (isLater && this.#server) await letTimePass(this.#server, this.devices.flat());
    const queues = new Map<Device, Step[]>();
    for (const step of all) {
      const device = this.#deviceOf(step);
      queues.set(device, [...(queues.get(device) ?? []), step]);
    }
    await Promise.all(
      [...queues].map(async ([device, steps]) => {
        for (const { operation } of steps) await this.#carryOut(device, operation);
      }),
    );
  }

  /** Everybody is back, and everything that was sent is answered. */
  async end(): Promise<void> {
    for (const device of this.devices.flat()) {
      await device.connect();
      for (const { frame, answer } of await device.resend()) this.#answered(frame, answer);
    }
  }

  #deviceOf({ person, device }: Step): Device {
    const devices = pick(this.devices, person) ?? [];
    const chosen = pick(devices, device);
    if (!chosen) throw new Error("a person without devices");
    return chosen;
  }

  /** Acts on what the device knows, as a person in front of it would. A device that is off is of no use but to be turned on. */
  async #carryOut(device: Device, operation: Operation): Promise<void> {
    if (operation.does === "connect") return await this.#connect(device, operation.limit);
    if (!device.isConnected) return;
    switch (operation.does) {
      case "send":
      case "send and drop":
        return await this.#send(device, operation);
      case "edit":
        return await this.#edit(device, operation);
      case "delete":
        return await this.#delete(device, operation);
      case "forward":
        return await this.#forward(device, operation);
      case "disconnect":
        return await this.#disconnect(device, operation.abruptly);
      case "make":
        return await this.#makeGroup(device, operation);
      case "open":
        return await this.#open(device, operation.whom);
      default:
        return await this.#call(device, operation);
    }
  }

  async #connect(device: Device, limit: number | null): Promise<void> {
    await device.connect(limit ?? undefined);
    for (const { frame, answer } of await device.resend()) this.#answered(frame, answer);
  }

  async #disconnect(device: Device, abruptly: boolean): Promise<void> {
    if (this.isAlwaysThere(device)) return;
    if (abruptly) device.drop();
    else await device.close();
  }

  /** Whether the device never leaves: what the others are compared with. */
  isAlwaysThere(device: Device): boolean {
    return this.devices.some(([first]) => first === device);
  }

  async #send(device: Device, operation: Operation & { does: "send" | "send and drop" }): Promise<void> {
    const chat = this.#chat(device, operation.chat);
    if (!chat) return;
    const replyTo =
      operation.does === "send" && operation.reply !== null
        ? this.#messageIn(chat.id, operation.reply)
        : null;
    const written = this.#write(device, chat, "message", operation.sealed, { replyTo });
    const frame = {
      type: "send_message",
      ...asFrame(written),
      ...versionOf(chat, written),
      ...(replyTo === null ? {} : { reply_to_message_id: replyTo }),
      client_message_id: randomUUID(),
    } as const;
    if (operation.does === "send and drop" && !this.isAlwaysThere(device)) device.sendAndDrop(frame);
    else await this.#ask(device, frame);
  }

  async #forward(device: Device, operation: Operation & { does: "forward" }): Promise<void> {
    const chat = this.#chat(device, operation.chat);
    const source = pick(this.record.messages, operation.message);
    if (!chat || !source) return;
    const written = this.#write(device, chat, "forward", operation.sealed, { forwardedFrom: source.id });
    const { chat_id: to_chat_id, ...content } = asFrame(written);
    await this.#ask(device, {
      type: "forward_message",
      from_chat_id: source.chat_id,
      message_id: source.id,
      to_chat_id,
      ...content,
      ...versionOf(chat, written),
      client_message_id: randomUUID(),
    });
  }

  async #ask(device: Device, frame: Repeatable): Promise<void> {
    this.#answered(frame, await device.askOnce(frame));
  }

  #answered(frame: Repeatable & { readonly message?: string }, answer: FrameAnswer): void {
    if (!this.#count(answer)) return;
    const { chat_id, message_id, seq, duplicate } = answer;
    if (chat_id === undefined || message_id === undefined || seq === undefined)
      throw new Error(`an ok without its numbers: ${JSON.stringify(answer)}`);
    const written = this.record.written.get(frame.message ?? "");
    if (written) this.record.messages.push({ id: message_id, chat_id, sender_id: written.senderId });
    // Repeated, it may have been changed since: then the number is that of the change.
    if (!duplicate) this.record.acknowledged.set(frame.message ?? "", { chatId: chat_id, seq });
  }

  async #edit(device: Device, { message, sealed }: Operation & { does: "edit" }): Promise<void> {
    const own = this.record.messages.filter(({ sender_id }) => sender_id === device.client.id);
    const target = pick(own, message);
    const chat = target && device.replica.chats.get(target.chat_id)?.chat;
    if (!target || !chat) return;
    const written = this.#write(device, chat, "edit", sealed, {});
    const frame = {
      type: "edit_message",
      message_id: target.id,
      ...asFrame(written),
      ...versionOf(chat, written),
    };
    const answer = await device.ask(frame);
    if (this.#count(answer))
      this.record.acknowledged.set(written.text, { chatId: chat.id, seq: answer.seq ?? 0 });
  }

  async #delete(device: Device, { message }: Operation & { does: "delete" }): Promise<void> {
    const target = pick(this.record.messages, message);
    if (!target) return;
    const { chat_id, id: message_id } = target;
    const answer = await device.ask({ type: "delete_message", chat_id, message_id });
    if (this.#count(answer)) this.record.deleted.add(`${chat_id}/${message_id}`);
  }

  async #makeGroup(device: Device, operation: Operation & { does: "make" }): Promise<void> {
    const { kind, encrypted, whom } = operation;
    const user_ids = whom.map((index) => pick(this.people, index)?.id ?? 0);
    await this.#make(this.#personOf(device), { kind, title: this.#title(), encrypted, user_ids });
  }

  async #open(device: Device, whom: number): Promise<void> {
    const other = pick(this.people, whom);
    if (!other || other.id === device.client.id) return;
    await this.#make(this.#personOf(device), { kind: "private", user_ids: [other.id] });
  }

  async #make(creator: Person, body: NewChat): Promise<void> {
    const answer = await creator.clients[0]?.post("/chats", { body });
    if (!answer || !this.#count(answer)) return;
    const chat = answer.body as Chat;
    if (this.record.made.has(chat.id)) return;
    const isPrivate = chat.kind === "private";
    const roles: [number, Role][] = body.user_ids.map((id) => [id, "member"]);
    const own: [number, Role] = [creator.id, isPrivate ? "member" : "owner"];
    const members = Object.fromEntries([...roles, own]);
    const { id, kind, title, encrypted } = chat;
    this.record.made.set(id, { id, kind, title: isPrivate ? null : title, encrypted, members });
  }

  async #call(device: Device, operation: CallOperation): Promise<void> {
    const chatId = this.#chatFor(device, operation.chat, CALLS_IN_GROUPS.has(operation.does));
    if (chatId === undefined) return;
    const { client } = device;
    const { method, path, body } = this.#requestFor(device, operation, chatId);
    const answer = await client.request(method, `/chats/${chatId}${path}`, body ? { body } : {});
    if (!this.#count(answer)) return;
    if (operation.does === "read" || operation.does === "delivered") {
      const position = answer.body[`last_${operation.does}_message_id`];
      this.record.movedPointer(chatId, client.id, operation.does, position);
    }
  }

  #requestFor(
    device: Device,
    operation: CallOperation,
    chatId: number,
  ): { method: string; path: string; body?: object } {
    const whom = this.#whom(device, operation, chatId);
    switch (operation.does) {
      case "read":
      case "delivered": {
        const id = operation.message === null ? null : this.#messageIn(chatId, operation.message);
        return { method: "POST", path: `/${operation.does}`, body: id === null ? {} : { message_id: id } };
      }
      case "add":
        return { method: "POST", path: "/members", body: { user_id: whom, role: operation.role } };
      case "remove":
        return { method: "DELETE", path: `/members/${whom}` };
      case "role":
        return { method: "PATCH", path: `/members/${whom}`, body: { role: operation.role } };
      case "hand over":
        return { method: "POST", path: "/owner", body: { user_id: whom } };
      case "leave":
        return { method: "DELETE", path: "" };
      case "delete for all":
        return { method: "DELETE", path: "?for_all=true" };
      case "title":
        return { method: "PATCH", path: "", body: { title: this.#title() } };
      case "favorite":
        return { method: operation.on ? "POST" : "DELETE", path: "/favorite" };
      case "archive":
        return { method: "PATCH", path: "/settings", body: { is_archived: operation.on } };
    }
  }

  /** Somebody who can be added is not there yet; anybody else is, as far as the device knows. */
  #whom(device: Device, operation: CallOperation, chatId: number): number {
    if (!("whom" in operation)) return 0;
    const members = device.replica.chats.get(chatId)?.members;
    const ids = this.people.map(({ id }) => id).filter((id) => id !== device.client.id);
    const suitable = ids.filter((id) => members?.has(id) === (operation.does !== "add"));
    return pick(suitable.length > 0 ? suitable : ids, operation.whom) ?? 0;
  }

  #title(): string {
    const title = this.record.newText("title");
    this.record.titles.add(title);
    return title;
  }

  #personOf(device: Device): Person {
    const person = this.people.find(({ id }) => id === device.client.id);
    if (!person) throw new Error("a device of nobody");
    return person;
  }

  /** A chat that the device has. */
  #chat(device: Device, index: number): Chat | undefined {
    return pick([...device.replica.chats.values()], index)?.chat;
  }

  /** Mostly a chat that the device has; now and then one that is none of its business. */
  #chatFor(device: Device, index: number, isForGroups: boolean): number | undefined {
    if (index >= ANY_CHAT) return pick([...this.record.made.keys()], index);
    const held = [...device.replica.chats.values()].map(({ chat }) => chat);
    return pick(isForGroups ? held.filter(({ kind }) => kind !== "private") : held, index)?.id;
  }

  #messageIn(chatId: number, index: number): number | null {
    const there = this.record.messages.filter(({ chat_id }) => chat_id === chatId);
    return pick(there, index)?.id ?? null;
  }

  /** Where everything is encrypted, so is this. */
  #write(
    device: Device,
    { id: chatId, encrypted }: Chat,
    what: string,
    sealed: boolean,
    { replyTo = null, forwardedFrom = null }: Partial<Pick<Written, "replyTo" | "forwardedFrom">>,
  ): Written {
    const text = this.record.newText(what);
    const members = [...(device.replica.chats.get(chatId)?.members.keys() ?? [])];
    const envelopes = Object.fromEntries(
      [...members, device.client.id].map((userId) => [userId, { key: `${text} for ${userId}` }]),
    );
    const senderId = device.client.id;
    const written = {
      chatId,
      senderId,
      text,
      envelopes: encrypted || sealed ? envelopes : null,
      replyTo,
      forwardedFrom,
    };
    this.record.written.set(text, written);
    return written;
  }

  /** @returns whether it was carried out. @throws {Error} if it failed for a reason that no schedule gives. */
  #count(answer: FrameAnswer | Answer): answer is Extract<FrameAnswer, { type: "ok" }> & Answer {
    const code = codeOf(answer);
    if (code === undefined) {
      this.record.accepted += 1;
      return true;
    }
    if (!POSSIBLE_REFUSALS.has(code)) throw new Error(`an answer that cannot be: ${JSON.stringify(answer)}`);
    this.record.refused(code);
    return false;
  }
}

type NewChat = BodyOf<typeof endpoints.chats.createChat>;

type CallOperation = Exclude<
  Operation,
  {
    does:
      | "send"
      | "send and drop"
      | "edit"
      | "delete"
      | "forward"
      | "make"
      | "open"
      | "connect"
      | "disconnect";
  }
>;

function codeOf(answer: FrameAnswer | Answer): string | undefined {
  if ("type" in answer) return answer.type === "error" ? answer.code : undefined;
  return answer.status >= 400 ? answer.body.code : undefined;
}

function asFrame({ chatId, text, envelopes }: Written) {
  return { chat_id: chatId, message: text, ...(envelopes ? { envelopes } : {}) };
}

/** Encrypted for exactly those whom the device knows as members. */
function versionOf({ members_version }: Chat, { envelopes }: Written): { members_version?: number } {
  return envelopes ? { members_version } : {};
}

function pick<T>(choices: readonly T[], index: number): T | undefined {
  return choices[index % Math.max(choices.length, 1)];
}
