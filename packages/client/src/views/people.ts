import { endpoints, type User } from "@tacit/protocol";
import type { Commands, ContactIdentity } from "../core/commands.ts";
import type { QrComparison } from "../crypto/index.ts";
import type { ProfileRecord } from "../store/tables.ts";
import type { Api } from "../transport/transport.ts";
import type { Directory } from "./directory.ts";

/** Somebody with an account on this server. */
export interface Person {
  /** The server's id, for ever. */
  readonly id: number;
  /** What they are found by; unique on the server. */
  readonly username: string;
  /** What they want to be called; anybody can take any. */
  readonly nickname: string;
  /** Address of the picture. */
  readonly avatarUrl: string | undefined;
}

/** Names somebody: an id, a username, or what a call of this SDK gave. */
export type PersonReference = number | string | { readonly id: number };

/** Who has left nothing but their messages. */
export function unknownPerson(id: number): Person {
  return { id, username: "", nickname: "Deleted account", avatarUrl: undefined };
}

/** @param server as `https://chat.example.org` */
export function personOf(server: string, profile: ProfileRecord | User): Person {
  const { username, nickname, avatar } = profile;
  const id = "userId" in profile ? profile.userId : profile.id;
  return { id, username, nickname, avatarUrl: avatar === null ? undefined : `${server}/avatars/${avatar}` };
}

/** People: who they are, and whether it is really them (CRYPTO.md, section 5). */
export class People {
  readonly #api: Api;
  readonly #commands: Commands;
  readonly #directory: Directory;

  /** @internal */
  constructor(api: Api, commands: Commands, directory: Directory) {
    this.#api = api;
    this.#commands = commands;
    this.#directory = directory;
  }

  /** Whoever is known on this device; for an id that is not, a placeholder. */
  get(id: number): Person {
    return this.#directory.person(id);
  }

  /**
   * Finds people by a part of their username or nickname, or by their id.
   * @param limit 1 to 50; default 15
   */
  async search(
    text: string,
    { limit = 15, signal }: { limit?: number; signal?: AbortSignal } = {},
  ): Promise<Person[]> {
    const found = await this.#api.call(endpoints.users.searchUsers, {
      query: { q: text, limit },
      ...(signal && { signal }),
    });
    return found.map((user) => personOf(this.#api.server, user));
  }

  /**
   * The id of whom a reference names. A username is matched whole, without regard to case.
   * @throws TacitError `unknown_user`
   */
  async resolve(reference: PersonReference): Promise<number> {
    return await this.#directory.resolve(reference, (text) => this.search(text, { limit: 50 }));
  }

  /** What is known of somebody's identity. @throws TacitError `unknown_user` */
  async identity(person: PersonReference): Promise<ContactIdentity> {
    return await this.#commands.contact(await this.resolve(person));
  }

  /** Accepts the identity that the server now presents: what was held back is sent, encrypted to it. */
  async acceptIdentity(person: PersonReference): Promise<void> {
    await this.#commands.accept(await this.resolve(person));
  }

  /** The 60 digits that both sides see alike if nobody is between them (Signal's numeric fingerprint, version 0). */
  async safetyNumber(person: PersonReference): Promise<string> {
    return await this.#commands.safetyNumber(await this.resolve(person));
  }

  /** What the other side's device scans: the payload of a QR code. */
  async safetyQr(person: PersonReference): Promise<string> {
    return await this.#commands.safetyQr(await this.resolve(person));
  }

  /** Compares what was scanned from the other side's screen. It does not verify by itself: see {@link People.setVerified}. */
  async compareQr(person: PersonReference, scanned: string): Promise<QrComparison> {
    return await this.#commands.compareQr(await this.resolve(person), scanned);
  }

  /** Notes that the safety number was compared, for all devices of this account; or takes that back. */
  async setVerified(person: PersonReference, verified: boolean): Promise<void> {
    await this.#commands.setVerified(await this.resolve(person), verified);
  }

  /** Blocks somebody: they cannot write to me in private and see me offline. They are not told. */
  async block(person: PersonReference): Promise<void> {
    await this.#api.call(endpoints.users.block, { params: { id: await this.resolve(person) } });
  }

  /** Takes a block back. */
  async unblock(person: PersonReference): Promise<void> {
    await this.#api.call(endpoints.users.unblock, { params: { id: await this.resolve(person) } });
  }

  /** The people whom I have blocked. */
  async blocked(): Promise<Person[]> {
    const users = await this.#api.call(endpoints.users.listBlocks, {});
    return users.map((user) => personOf(this.#api.server, user));
  }

  /**
   * Reports somebody to the administrators of the server.
   * @param report.reason 1 to 2,000 characters
   * @param report.revealed what of the messages the administrators may read; nothing else of them is told
   */
  async report(
    person: PersonReference,
    report: { reason: string; chatId?: number; messageIds?: readonly number[]; revealed?: unknown },
  ): Promise<void> {
    const { reason, chatId, messageIds, revealed } = report;
    await this.#api.call(endpoints.users.report, {
      body: {
        user_id: await this.resolve(person),
        reason,
        ...(chatId !== undefined && { chat_id: chatId }),
        ...(messageIds && { message_ids: [...messageIds] }),
        ...(revealed !== undefined && { revealed }),
      },
    });
  }
}
