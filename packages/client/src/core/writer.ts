import { endpoints } from "@tacit/protocol";
import type { Account } from "../account/account.ts";
import type { AccountAccess } from "../account/known-password.ts";
import { createOwnKeys } from "../account/own-keys.ts";
import { TacitError } from "../errors.ts";
import { createMedia } from "../media/media.ts";
import { createEncryptor } from "../messages/encryptor.ts";
import { createReader } from "../messages/reader.ts";
import { createOutbox, type Outbox } from "../outbox/outbox.ts";
import type { Search } from "../search/search.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { ChangeFeed } from "../sync/changes.ts";
import { createSync, type Sync } from "../sync/sync.ts";
import { createApi } from "../transport/api.ts";
import { createConnection } from "../transport/connection.ts";
import type { Http } from "../transport/http.ts";
import { createSession, type Session, type Tokens } from "../transport/session.ts";
import type { Api, ConnectionListener } from "../transport/transport.ts";
import { createTrust, type Trust } from "../trust/trust.ts";
import { Turns } from "../turns.ts";
import type { Commands } from "./commands.ts";
import type { Delays } from "./delays.ts";
import { Follows } from "./follows.ts";
import { Proofs } from "./proofs.ts";
import { StatusBoard } from "./status-board.ts";

/** What the one writer of an account is made of. */
export interface WriterDependencies {
  readonly account: Account;
  readonly http: Http;
  readonly store: LocalStore;
  readonly feed: ChangeFeed;
  /** Of a session that was just opened; without them, the stored session goes on. */
  readonly tokens?: Tokens;
  readonly delays?: Delays;
}

/** The part of an account that connects, receives, sends and writes: there is one of it, however many tabs are open. */
export interface AccountWriter {
  readonly commands: Commands;
  readonly session: Session;
  /** Stops everything; what is in the outbox is sent the next time. The store stays open. */
  close(): Promise<void>;
}

/** Builds everything in order, and connects. */
export async function startWriter(dependencies: WriterDependencies): Promise<AccountWriter> {
  const { account, http, store, feed, delays = {} } = dependencies;
  const turns = new Turns();
  const status = new StatusBoard(feed, account.record.refreshToken === undefined);
  const session = sessionOf(dependencies);
  const api = createApi({ http, session });
  const keys = createOwnKeys({ account, api });
  const trust = createTrust({ api, store, turns, changes: feed, keys });
  const parts: { sync?: Sync; outbox?: Outbox } = {};
  const encryptor = createEncryptor({
    ...{ api, trust, keys, store },
    learnMembers: async (chatId) => await parts.sync?.learnMembers(chatId),
  });
  const media = createMedia({ api, session, store, ...(delays.transfer && { patience: delays.transfer }) });
  let search: Promise<Search> | undefined;
  const loadSearch = () => {
    search ??= import("../search/search.ts").then(({ createSearch }) => createSearch({ store, turns }));
    return search;
  };

  const listener: ConnectionListener = {
    opened: () => {
      parts.sync?.opened();
      parts.outbox?.opened();
    },
    event: (event) => parts.sync?.event(event),
    state: (state) => feed.tell({ kind: "connection", state }),
  };
  const connection = createConnection({
    ...{ server: http.server, session, listener },
    ...(delays.connection && { delays: delays.connection }),
  });
  const ownUserId = account.record.userId;
  const outbox = await createOutbox({
    ...{ store, turns, connection, encryptor, ownUserId },
    changes: feed,
    uploads: media,
    ...(delays.outbox && { delays: delays.outbox }),
  });
  const inTheBackground = (task: () => Promise<unknown>) => {
    // Each of these is done again after the next catching up.
    task().catch(() => undefined);
  };
  const sync = createSync({
    ...{ api, connection, store, turns, trust, outbox },
    changes: feed,
    reader: createReader({ trust, keys }),
    userId: ownUserId,
    ...(delays.sync && { delays: delays.sync }),
    onMembership: (chatId) => encryptor.forget(chatId),
    onCaughtUp: () => {
      inTheBackground(() => readOwnProfile(api, store, feed));
      inTheBackground(async () => {
        if (account.record.isUpgraded) await noteUpgrade(account, { store, trust, sync });
        else await trust.syncVault();
      });
    },
    onHistoryLoaded: () => inTheBackground(async () => (await loadSearch()).tidy()),
    onOwnKeyUpdated: () =>
      inTheBackground(async () => {
        if (await keys.refresh()) await sync.retryUnreadable();
      }),
  });
  parts.sync = sync;
  parts.outbox = outbox;

  const access: AccountAccess = { account, http, api };
  // The store is shared with other tabs: whoever asked closes and removes it.
  const leaving = { api, session, store: { close: async () => {} }, storage: { destroy: async () => {} } };
  const end = async (leave: () => Promise<void>) => {
    await leave();
    connection.close();
    feed.tell({ kind: "session", state: "wiped" });
  };
  const proofs = new Proofs();
  const follows = new Follows((chatId) => sync.follow(chatId));
  const chatOf = async (chatId: number) => {
    const chat = await store.get("chat", [chatId]);
    if (!chat) throw new TacitError("unknown_chat", "This chat is gone.");
    return chat;
  };
  const commands: Commands = {
    send: async (chatId, draft) => void (await outbox.send(chatId, draft)),
    edit: (chatId, about, change, id) => outbox.edit(chatId, about, change, id),
    remove: (chatId, about, id) => outbox.remove(chatId, about, id),
    forward: async (message, toChatId, id) => void (await outbox.forward(message, toChatId, id)),
    retry: (id) => outbox.retry(id),
    discard: (id) => outbox.discard(id),
    adopt: (chat) => sync.adopt(chat),
    loadOlder: (chatId) => sync.loadOlder(chatId),
    clearHistory: (chatId) => sync.clearHistory(chatId),
    tidySearch: async () => (await loadSearch()).tidy(0),
    saveDraft: async (chatId, draft) => {
      await store.write((changes) => {
        if (draft) changes.put("draft", [chatId], { chatId, ...draft });
        else changes.remove("draft", [chatId]);
      });
      feed.tell({ kind: "drafts", chatId });
    },
    markRead: (chatId, upToId) => sync.markRead(chatId, upToId),
    typing: async (chatId, isTyping) => sync.typing(chatId, isTyping),
    follow: async (chatId) => follows.begin(chatId),
    unfollow: async (chatId) => follows.end(chatId),
    catchUp: () => sync.catchUp(),
    contact: (userId) => trust.contact(userId),
    accept: async (userId) => {
      await trust.accept(userId);
      await outbox.identityAccepted(userId);
      await sync.retryUnreadable();
    },
    setVerified: (userId, verified) => trust.setVerified(userId, verified),
    safetyNumber: (userId) => trust.safetyNumber(userId),
    safetyQr: (userId) => trust.safetyQr(userId),
    compareQr: (userId, scanned) => trust.compareQr(userId, scanned),
    isModern: async (chatId) => await encryptor.modern(await chatOf(chatId)),
    // Loaded when they are needed, which is seldom.
    changePassword: async (change) =>
      (await import("../account/change-password.ts")).changePassword(access, change),
    rotateKeys: async (rotation) => (await import("../account/rotate-keys.ts")).rotateKeys(access, rotation),
    renewRecovery: async (renewal) => {
      const { renewRecovery } = await import("../account/recovery-proof.ts");
      return proofs.keep(await renewRecovery(access, renewal));
    },
    confirmRecovery: (id, answers) => proofs.confirm(id, answers),
    signOut: () => end(async () => (await import("../account/leave.ts")).signOut(leaving)),
    deleteAccount: (password) =>
      end(async () => (await import("../account/leave.ts")).deleteAccount(access, leaving, password)),
    accessToken: () => session.accessToken(),
    renewToken: (rejected) => session.renew(rejected),
    retryConnection: async () => connection.retryNow(),
    status: async () => status.now(connection.state),
    search: async (query, options) => (await loadSearch()).find(query, options),
  };

  if (!session.ended) connection.start();
  inTheBackground(async () => await media.sweep(await spooledIn(store)));
  return {
    commands,
    session,
    close: async () => {
      status.close();
      connection.close();
      const sessionClosed = session.close();
      trust.close();
      await outbox.close();
      await sync.close();
      await sessionClosed;
      await turns.idle();
    },
  };
}

function sessionOf({ account, http, feed, tokens }: WriterDependencies): Session {
  const { refreshToken } = account.record;
  const session = createSession({
    http,
    ...(tokens ? { tokens } : { refreshToken: refreshToken ?? "" }),
    save: (token) => account.saveRefreshToken(token),
    onEnd: () => {
      // If it cannot be noted now, the next start hears it from the server again.
      account.sessionEnded().catch(() => undefined);
      feed.tell({ kind: "session", state: "signed_out" });
    },
  });
  if (!tokens && refreshToken === undefined) session.end();
  return session;
}

/** What this account wrote before it had an identity is not signed: that is no forgery. Once; broken off, it is done again. */
async function noteUpgrade(
  account: Account,
  { store, trust, sync }: { readonly store: LocalStore; readonly trust: Trust; readonly sync: Sync },
): Promise<void> {
  const chats = await store.range("chat");
  const newestId = chats.reduce(
    (newest, chat) => Math.max(newest, chat.newestId ?? chat.lastMessageId ?? 0),
    0,
  );
  await trust.upgraded(newestId);
  await trust.syncVault();
  await sync.retryUnreadable();
  await account.update(({ isUpgraded: _, ...record }) => record);
}

/** Nobody else's change of mine is told to me, if I am in no chat. */
async function readOwnProfile(api: Api, store: LocalStore, feed: ChangeFeed): Promise<void> {
  const { id: userId, username, nickname, avatar } = await api.call(endpoints.users.getMe, {});
  await store.write((changes) => changes.put("profile", [userId], { userId, username, nickname, avatar }));
  feed.tell({ kind: "profiles", userIds: [userId] });
}

async function spooledIn(store: LocalStore): Promise<ReadonlySet<string>> {
  const rows = await store.range("outbox");
  return new Set(rows.flatMap(({ uploads }) => uploads.map(({ id }) => id)));
}
