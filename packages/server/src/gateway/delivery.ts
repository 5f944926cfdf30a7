import type { Logger } from "pino";
import type { Bus, ChatEvent } from "../bus/bus.ts";
import type { Connection } from "./connection.ts";
import type { Hub } from "./hub.ts";
import { envelopeFrames, textFrame } from "./text-frame.ts";

/** Milliseconds that a missing event is waited for. */
const GAP_PATIENCE = 200;
/** Chats whose order and members are remembered; the longest unused is forgotten first. */
const MAX_CHATS = 50_000;

/** Who receives the events of a chat, as of one version of its audience. */
export interface Audience {
  readonly version: number;
  readonly members: readonly Recipient[];
}

/** A member, or one who has just gone: what happened before that is still for them, however late it is delivered. */
export interface Recipient {
  readonly userId: number;
  /** What happened before they came is not for them. */
  readonly fromSeq: number;
  /** The `seq` of their departure, with which they are told themselves; null: they are there. */
  readonly goneAtSeq: number | null;
}

/** What delivery needs from the rest of the server. */
export interface DeliveryDependencies {
  readonly bus: Bus;
  readonly hub: Hub;
  readonly log: Logger;
  readonly readAudience: (chatId: number) => Promise<Audience>;
}

interface ChatState {
  audience: Audience | null;
  /** The next `seq` to deliver; null until the first event. */
  next: number | null;
  readonly waiting: Map<number, ChatEvent>;
  /** Work on one chat happens one step after the other. */
  working: Promise<void> | null;
  gap: NodeJS.Timeout | null;
}

/**
 * Writes the events of the bus to this node's sockets. Two connections' answers and two publishers overtake each other, so
 * each chat is delivered in the order of `seq`, and never to an audience older than the event's.
 *
 * @returns a function that stops it.
 */
export function startDelivery(dependencies: DeliveryDependencies): () => void {
  const { bus, hub } = dependencies;
  const chats = new Map<number, ChatState>();
  const stopChats = bus.subscribe("chat.event", (event) => {
    const state = stateOf(chats, event.chatId);
    if (state.next !== null && event.seq < state.next) return;
    state.waiting.set(event.seq, event);
    wake(state, event.chatId, dependencies);
  });
  const stopUsers = bus.subscribe("user.event", ({ userIds, frame }) => {
    const bytes = textFrame(JSON.stringify(frame));
    for (const userId of userIds) sendTo(hub.connectionsOf(userId), bytes);
  });
  return () => {
    stopChats();
    stopUsers();
    for (const { gap } of chats.values()) clearTimeout(gap ?? undefined);
  };
}

function stateOf(chats: Map<number, ChatState>, chatId: number): ChatState {
  const known = chats.get(chatId);
  chats.delete(chatId);
  const state = known ?? { audience: null, next: null, waiting: new Map(), working: null, gap: null };
  chats.set(chatId, state);
  if (chats.size > MAX_CHATS) forgetOldestIdle(chats);
  return state;
}

function forgetOldestIdle(chats: Map<number, ChatState>): void {
  for (const [chatId, { waiting, working }] of chats) {
    if (waiting.size > 0 || working) continue;
    chats.delete(chatId);
    return;
  }
}

function wake(state: ChatState, chatId: number, dependencies: DeliveryDependencies): void {
  // The usual case needs no turn of the event loop: the next event, and an audience that is new enough.
  if (state.working) return;
  if (deliverReady(state, dependencies) === "done") return;
  state.working = work(state, chatId, dependencies).finally(() => {
    state.working = null;
    if (state.waiting.size > 0 && !state.gap) wake(state, chatId, dependencies);
  });
}

async function work(state: ChatState, chatId: number, dependencies: DeliveryDependencies): Promise<void> {
  try {
    // The first events of a chat may arrive out of order: while this is read, the earlier ones come in.
    state.audience = await dependencies.readAudience(chatId);
    state.next ??= Math.min(...state.waiting.keys());
    deliverReady(state, dependencies);
  } catch (error) {
    dependencies.log.error({ err: error, chatId }, "the audience of a chat could not be read");
    abandon(state, dependencies);
  }
}

/** Delivers in order as far as it goes. `stale`: the audience has to be read first. */
function deliverReady(state: ChatState, dependencies: DeliveryDependencies): "done" | "stale" {
  if (state.next === null || !state.audience) return "stale";
  for (let event = state.waiting.get(state.next); event; event = state.waiting.get(state.next)) {
    if (event.audienceVersion > state.audience.version) return "stale";
    state.waiting.delete(event.seq);
    state.next = event.seq + 1;
    deliver(event, state.audience, dependencies.hub);
  }
  watchGap(state, dependencies);
  return "done";
}

function watchGap(state: ChatState, dependencies: DeliveryDependencies): void {
  if (state.gap) clearTimeout(state.gap);
  state.gap = null;
  if (state.waiting.size === 0) return;
  state.gap = setTimeout(() => {
    state.gap = null;
    abandon(state, dependencies);
  }, GAP_PATIENCE);
}

/** An event is lost: those who would have received it reconnect and catch up from the database. */
function abandon(state: ChatState, { hub, log }: DeliveryDependencies): void {
  const { audience, next } = state;
  log.warn({ missing: next, recipients: audience?.members.length }, "an event of a chat is missing");
  state.waiting.clear();
  state.next = null;
  state.audience = null;
  hub.restart(audience?.members.map(({ userId }) => userId) ?? null);
}

/** Serialised once for everybody; each recipient's own envelope is put in between. */
function deliver(event: ChatEvent, { members }: Audience, hub: Hub): void {
  const { frame, envelopes, seq, also = [], instead } = event;
  const frames = envelopeFrames(JSON.stringify(frame));
  const deliverTo = (userId: number) => {
    let bytes: Buffer | null = null;
    for (const connection of hub.connectionsOf(userId)) {
      bytes ??= frames.for(userId, envelopes?.[userId]);
      connection.sendFrame(bytes);
    }
  };
  const others = new Set(instead?.userIds);
  const othersBytes = textFrame(JSON.stringify(instead?.frame ?? null));
  for (const { userId, fromSeq, goneAtSeq } of members) {
    if (seq < fromSeq || (goneAtSeq !== null && seq >= goneAtSeq)) continue;
    if (others.has(userId)) sendTo(hub.connectionsOf(userId), othersBytes);
    else deliverTo(userId);
  }
  for (const userId of also) deliverTo(userId);
}

function sendTo(connections: Iterable<Connection>, bytes: Buffer): void {
  for (const connection of connections) connection.sendFrame(bytes);
}
