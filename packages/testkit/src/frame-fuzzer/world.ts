import { randomBytes } from "node:crypto";
import fc, { type Arbitrary } from "fast-check";
import { TestClient } from "../test-client.ts";
import type { TestSql } from "../test-database.ts";
import type { Vocabulary } from "./schema-arbitrary.ts";

/** A chat of the fuzzed world; nobody joins or leaves. */
export interface KnownChat {
  readonly id: number;
  readonly members: ReadonlySet<number>;
  readonly isEncrypted: boolean;
  /** Its latest messages, as the observers have heard. */
  readonly messages: { readonly id: number; readonly senderId: number }[];
}

/** Somebody who sends frames. */
export interface Resident {
  readonly id: number;
  readonly client: TestClient;
  readonly chats: readonly KnownChat[];
  readonly files: readonly number[];
}

/** People, chats and files that are there. */
export interface World {
  readonly residents: readonly Resident[];
  readonly chats: ReadonlyMap<number, KnownChat>;
  /** `seq` of each chat at the beginning. */
  readonly seqs: ReadonlyMap<number, number>;
}

const PEOPLE = 6;
/** Chats by who is in them, the creator first. */
const CHATS: readonly { kind: string; members: readonly number[]; encrypted?: boolean }[] = [
  { kind: "private", members: [0, 1] },
  { kind: "private", members: [2, 3] },
  { kind: "private", members: [4, 5], encrypted: true },
  { kind: "group", members: [0, 1, 2, 3] },
  { kind: "group", members: [2, 3, 4, 5] },
  { kind: "group", members: [1, 3, 5], encrypted: true },
  { kind: "channel", members: [0, 2, 4] },
];
const FILES = 3;

/** Registers people and makes their chats and files. */
export async function makeWorld(url: string, sql: TestSql): Promise<World> {
  const clients = await Promise.all(Array.from({ length: PEOPLE }, () => TestClient.register({ url })));
  const chats = new Map<number, KnownChat>();
  const seqs = new Map<number, number>();
  for (const { kind, members, encrypted = false } of CHATS) {
    const ids = members.map((index) => clients[index]?.id ?? 0);
    const [creator = 0] = members;
    const body = { kind, title: kind === "private" ? null : "Fuzz", user_ids: ids.slice(1), encrypted };
    const answer = await clients[creator]?.post("/chats", { body, expectStatus: 200 });
    if (!answer) throw new Error(`There is no person ${creator}.`);
    const { id, seq } = answer.body as { id: number; seq: number };
    chats.set(id, { id, members: new Set(ids), isEncrypted: encrypted, messages: [] });
    seqs.set(id, seq);
  }
  const residents = await Promise.all(
    clients.map(async (client) => {
      const own = [...chats.values()].filter(({ members }) => members.has(client.id));
      return { id: client.id, client, chats: own, files: await makeFiles(sql, client.id, own) };
    }),
  );
  return { residents, chats, seqs };
}

/** Rows alone are enough: no frame ever opens a file. */
async function makeFiles(sql: TestSql, ownerId: number, chats: readonly KnownChat[]): Promise<number[]> {
  const files = [];
  for (const { id } of chats) {
    for (let index = 0; index < FILES; index += 1) {
      const [row] = await sql<{ id: number }[]>`
        INSERT INTO files (owner_id, chat_id, after_message_id, filename, mimetype, size, sha256, blob)
        VALUES (${ownerId}, ${id}, 0, 'x', 'x/x', 1, ${randomBytes(32)}, ${randomBytes(32).toString("hex")})
        RETURNING id`;
      if (row) files.push(row.id);
    }
  }
  return files;
}

const NOWHERE = [1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 999_999_999, Number.MAX_SAFE_INTEGER];
/** Sends with one of these are repetitions sooner or later. */
const REPEATED_UUIDS = Array.from(
  { length: 12 },
  (_, index) => `00000000-0000-4000-8000-00000000000${index.toString(16)}`,
);

/** The ids that somebody may know, guess or invent. What there is, is looked at when a value is made. */
export function vocabularyOf(world: World, resident: Resident, marker: string): Vocabulary {
  const strangers = [...world.chats.values()].filter(({ members }) => !members.has(resident.id));
  const pools = (field: string): readonly [own: () => readonly number[], others: () => readonly number[]] => {
    if (field.endsWith("message_id")) return [() => messageIds(resident.chats), () => messageIds(strangers)];
    if (field.endsWith("chat_id")) return [() => chatIds(resident.chats), () => chatIds(strangers)];
    const filesOfOthers = world.residents
      .filter(({ id }) => id !== resident.id)
      .flatMap(({ files }) => files);
    if (field === "file_id") return [() => resident.files, () => filesOfOthers];
    const people = world.residents.map(({ id }) => id);
    return [() => people, () => people];
  };
  return {
    marker,
    id: (field) => {
      const [own, others] = pools(field);
      return fc.oneof(
        { arbitrary: pick(own), weight: 12 },
        { arbitrary: pick(others), weight: 2 },
        { arbitrary: fc.constantFrom(...NOWHERE), weight: 1 },
      );
    },
    uuid: fc.oneof(
      { arbitrary: fc.uuid(), weight: 4 },
      { arbitrary: fc.constantFrom(...REPEATED_UUIDS), weight: 1 },
    ),
  };
}

function pick(pool: () => readonly number[]): Arbitrary<number> {
  return fc.nat().map((index) => {
    const ids = pool();
    return ids[index % Math.max(1, ids.length)] ?? 1;
  });
}

function chatIds(chats: readonly KnownChat[]): number[] {
  return chats.map(({ id }) => id);
}

function messageIds(chats: readonly KnownChat[]): number[] {
  return chats.flatMap(({ messages }) => messages.map(({ id }) => id));
}
