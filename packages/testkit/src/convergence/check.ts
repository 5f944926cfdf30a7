import type { ServerEvent } from "@tacit/protocol";
import type { TestServer } from "../test-server.ts";
import { Device } from "./device.ts";
import { type Change, ModelChat } from "./model.ts";
import type { Person } from "./people.ts";
import type { Schedule } from "./schedule.ts";
import { differences, readTruth, type View, viewOfReplica } from "./view.ts";
import { World } from "./world.ts";

/** What came of a schedule. */
export interface Convergence {
  /** What went wrong, one line each. */
  readonly problems: readonly string[];
  readonly accepted: number;
  readonly refusals: ReadonlyMap<string, number>;
}

/** Milliseconds that the last events may take: pointers wait a quarter of a second for others. */
const PATIENCE = 5_000;
/** Lines of one comparison that are shown. */
const MAX_LINES = 6;

/**
 * Carries out a schedule and compares, for each person, what the server says at the end with every device, with a device that
 * begins from nothing, and with what follows from the rules and from what people did.
 */
export async function checkConvergence(
  server: TestServer,
  people: readonly Person[],
  schedule: Schedule,
): Promise<Convergence> {
  const world = new World(people, schedule);
  try {
    await world.begin(server);
    for (const burst of schedule.bursts) await world.carryOut(burst);
    await world.end();
    const { accepted, refusals } = world.record;
    return { problems: await inspect(world), accepted, refusals };
  } finally {
    await Promise.all(world.devices.flat().map((device) => device.close()));
  }
}

async function inspect(world: World): Promise<string[]> {
  const problems: string[] = [];
  const truths = new Map<number, View>();
  for (const [index, { id, clients }] of world.people.entries()) {
    const [client] = clients;
    if (!client) continue;
    const truth = await readTruth(client);
    truths.set(id, truth);
    for (const device of world.devices[index] ?? []) problems.push(...(await compare(world, device, truth)));
    const fresh = new Device(client, `a new device of person ${index} (${id})`);
    await fresh.connect(3);
    problems.push(...(await compare(world, fresh, truth)));
    await fresh.close();
  }
  return [...problems, ...checkModel(world, truths)];
}

async function compare(world: World, device: Device, truth: View): Promise<string[]> {
  const lines = () => differences(truth, viewOfReplica(device.replica), device.name);
  await device.until(() => lines().length === 0, PATIENCE);
  const problems = lines().slice(0, MAX_LINES);
  if (world.isAlwaysThere(device) && device.replica.gaps > 0)
    problems.push(`${device.name}: was always there, and yet missed ${device.replica.gaps} changes`);
  return problems;
}

function checkModel(world: World, truths: ReadonlyMap<number, View>): string[] {
  const problems: string[] = [];
  for (const made of world.record.made.values()) {
    const seen = [...truths].filter(([, view]) => view[made.id]);
    // Of a chat that is gone nothing can be compared any more.
    if (seen.length === 0) continue;
    const chat = new ModelChat(made, world.record);
    for (const change of changesOf(world, made.id)) chat.apply(change);
    problems.push(...chat.violations.slice(0, MAX_LINES), ...unheard(world, chat));
    for (const [userId, view] of truths)
      problems.push(...compareModel(chat, userId, view).slice(0, MAX_LINES));
    if (made.kind !== "private") problems.push(...checkAnnouncements(world, chat));
  }
  return problems;
}

function compareModel(chat: ModelChat, userId: number, view: View): string[] {
  const { id, kind } = chat.made;
  const actual = view[id];
  const name = `model of ${id} for ${userId}`;
  if (kind !== "private" && chat.members.has(userId) !== (actual !== undefined))
    return [`${name}: ${chat.members.has(userId) ? "a member does not see it" : "a stranger sees it"}`];
  if (!actual) return [];
  const settings = { isFavorite: actual.isFavorite, isArchived: actual.isArchived };
  const historyFrom = kind === "private" ? (actual.historyFrom ?? 0) : undefined;
  return differences(chat.viewFor(userId, settings, historyFrom), actual, name);
}

/** What was acknowledged must have been announced, under that very number. */
function unheard(world: World, chat: ModelChat): string[] {
  const changes = new Map(changesOf(world, chat.made.id).map((change) => [change.seq, change]));
  return [...world.record.acknowledged]
    .filter(([, { chatId }]) => chatId === chat.made.id)
    .filter(([text, { seq }]) => !tells(changes.get(seq), text))
    .map(
      ([text, { seq }]) => `chat ${chat.made.id}: ${text} was acknowledged as ${seq}, and never announced so`,
    );
}

/**
 * An edit that seals what was readable may leave nobody who may see it: its author, too, may have come back since the
 * message. Then all are told that it is deleted.
 */
function tells(change: Change | undefined, text: string): boolean {
  if (change?.type === "message_deleted") return text.startsWith("edit ");
  return (
    (change?.type === "message_new" || change?.type === "message_updated") && change.message.message === text
  );
}

/** Everybody who was always there has heard of each change while they were a member, once and in order, and of no other. */
function checkAnnouncements(world: World, chat: ModelChat): string[] {
  return world.devices.flatMap(([device]) => {
    if (!device) return [];
    const heard = device.heard.filter((frame) => isChangeOf(frame, chat.made.id)).map(({ seq }) => seq);
    const expected = chat.announced.get(device.client.id) ?? [];
    return heard.join() === expected.join()
      ? []
      : [`${device.name} heard of ${heard.join()} in chat ${chat.made.id}, not of ${expected.join()}`];
  });
}

/** All changes of a chat that any device which was always there has heard of, in order. */
function changesOf(world: World, chatId: number): Change[] {
  const changes = new Map<number, Change>();
  for (const [device] of world.devices) {
    for (const frame of device?.heard ?? []) {
      if (!isChangeOf(frame, chatId)) continue;
      // Those for whom a message is not are told that it is deleted when it is edited.
      if (frame.type !== "message_deleted" || !changes.has(frame.seq)) changes.set(frame.seq, frame);
    }
  }
  return [...changes.values()].sort((a, b) => a.seq - b.seq);
}

/** The answer to a message that was sent twice looks like a change, but is none: it is told to nobody else. */
function isChangeOf(frame: ServerEvent, chatId: number): frame is Change {
  return (
    "seq" in frame &&
    frame.seq !== undefined &&
    "chat_id" in frame &&
    frame.chat_id === chatId &&
    frame.type !== "ok"
  );
}
