import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { delivered, until } from "./fixtures/attacked.ts";
import { live } from "./fixtures/deliveries.ts";
import type { Person } from "./fixtures/person.ts";
import { SAID, type Stage, setStage } from "./fixtures/stage.ts";
import type { Attachment, Chat, Tacit } from "./index.ts";

const MIB = 1024 * 1024;
const NAME = `${SAID}.pdf`;
/** A picture's first octets: it is not looked at further. */
const THUMBNAIL = "/9j/zanzibar";

let stage: Stage;
let alice: Person;
let device: Tacit;
let chat: Chat;
let files: readonly Attachment[];
/** The ciphertexts as the server has them, and which requests fetched them. */
let stored: readonly Uint8Array[];
let ids: readonly number[];

beforeAll(async () => {
  stage = await setStage();
  const bob = await stage.person("Bob");
  alice = await stage.person("Alice");
  const his = await stage.device(bob, stage.server);
  device = await stage.device(alice);
  chat = await his.chats.withUser(alice);
  const content = (size: number, octet: number) => new Uint8Array(size).fill(octet);
  const described = { name: NAME, type: "application/pdf", thumbnail: THUMBNAIL };
  const message = await chat.send({
    files: [
      { ...described, content: content(3 * MIB + 5, 1) },
      { ...described, content: content(3 * MIB + 5, 2) },
      { ...described, content: content(900, 3) },
    ],
  });
  files = await until(device, async () => {
    const got = await device.chats.get(chat.id)?.messages();
    return got?.[0]?.attachments;
  });
  expect(message.attachments).toHaveLength(3);
  const [delivery] = await delivered(alice, chat.id);
  ids = (delivery?.metadata ?? []).map(({ file_id }) => file_id ?? 0);
  stored = await Promise.all(
    ids.map(async (id) => {
      const answer = await fetch(`${stage.server.url}/media/${id}`, {
        headers: { authorization: `Bearer ${alice.client.token}` },
      });
      return new Uint8Array(await answer.arrayBuffer());
    }),
  );
});
afterEach(() => {
  stage.hostile.attack = {};
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

const file = (at: number): Attachment => files[at] as Attachment;
const cipher = (at: number): Uint8Array => stored[at] as Uint8Array;

it("what the server does nothing to arrives whole, and the server knows neither its name nor its type", async () => {
  const octets = new Uint8Array(await (await file(0).blob()).arrayBuffer());
  expect(octets).toHaveLength(3 * MIB + 5);
  expect(octets.every((octet) => octet === 1)).toBe(true);
  expect(file(2)).toMatchObject({ name: NAME, mimetype: "application/pdf", size: 900 });
  expect(stage.hostile.wasTold(NAME)).toBe(false);
  const { body } = await alice.client.get(`/chats/${chat.id}/messages`);
  expect(JSON.stringify(body)).not.toContain("pdf");
});

/** Chunks of ciphertext, each with its tag. */
const CHUNK = MIB + 16;
const chunks = (octets: Uint8Array) => [
  octets.subarray(0, CHUNK),
  octets.subarray(CHUNK, 2 * CHUNK),
  octets.subarray(2 * CHUNK, 3 * CHUNK),
  octets.subarray(3 * CHUNK),
];
const flipped = (octets: Uint8Array, at: number) =>
  octets.map((octet, index) => (index === at ? octet ^ 1 : octet));

const REPLACEMENTS: Readonly<Record<string, (large: Uint8Array) => readonly Uint8Array[]>> = {
  "another file of the same message": () => [cipher(1)],
  "one changed octet at its beginning": (large) => [flipped(large, 0)],
  "one changed octet at its end": (large) => [flipped(large, large.length - 1)],
  "a missing end": (large) => chunks(large).slice(0, 3),
  "a missing octet": (large) => [large.subarray(0, -1)],
  "more at its end": (large) => [large, new Uint8Array(100)],
  "its last part twice": (large) => [large, ...chunks(large).slice(3)],
  "two parts exchanged": (large) => {
    const [first, second, ...rest] = chunks(large);
    return [second, first, ...rest].filter((part) => part !== undefined);
  },
  "a part left out": (large) => chunks(large).filter((_, at) => at !== 1),
  "a part of another file": (large) =>
    chunks(large).map((part, at) => (at === 1 ? (chunks(cipher(1))[1] ?? part) : part)),
  "its plaintext": () => [new Uint8Array(3 * MIB + 5).fill(1)],
  nothing: () => [],
};

/** Whether a file comes, or the error that is given instead. */
async function refusal(attachment: Attachment): Promise<string> {
  const { name, code } = await stage.overheard.failure(attachment.blob());
  return `${name} ${code}`;
}

describe("a file is not given out if the server has put in its place", () => {
  it.each(Object.entries(REPLACEMENTS))("%s", async (_, replace) => {
    const body = Buffer.concat(replace(cipher(0)));
    stage.hostile.attack = {
      answer: ({ status, headers = {} }, { path }) => {
        const { etag: _, ...rest } = headers;
        return path === `/media/${ids[0]}` ? { status, headers: rest, body } : undefined;
      },
    };
    expect(await refusal(file(0))).toMatch(/^CryptoError (decryption_failed|file_incomplete|file_too_long)$/);
  });

  it("octets without end: it stops listening after those that the sender has signed", async () => {
    const endless = Buffer.concat([cipher(2), Buffer.alloc(30 * MIB)]);
    let asked = 0;
    stage.hostile.attack = {
      answer: ({ status }, { path }) => {
        if (path !== `/media/${ids[2]}`) return undefined;
        asked += 1;
        return { status, body: endless };
      },
    };
    expect(await refusal(file(2))).toMatch(/^CryptoError /);
    expect(asked).toBe(1);
  });

  it("an error, a redirect or a refusal", async () => {
    const answers = [
      { status: 302, headers: { location: `${stage.server.url}/media/${ids[0]}` } },
      { status: 404, body: { error: SAID, code: "unknown_file" } },
      { status: 500, body: { error: SAID, code: SAID } },
      { status: 204 },
    ];
    for (const answer of answers) {
      stage.hostile.attack = { request: ({ path }) => (path === `/media/${ids[2]}` ? answer : undefined) };
      expect(await refusal(file(2))).toMatch(/^(TacitError|CryptoError) /);
    }
  });
});

it("what is said about a file cannot be exchanged without its message being refused", async () => {
  const [message] = await delivered(alice, chat.id);
  if (!message?.metadata) throw new Error("the message has files");
  const [first, second, third] = message.metadata;
  const lies = [
    [second, first, third],
    [first, second],
    [{ ...first, size: 5 }, second, third],
    [{ ...first, filename: "invoice.exe" }, second, third],
    [{ ...first, thumbnail: THUMBNAIL }, second, third],
    [{ ...first, file_id: third?.file_id }, second, third],
    null,
  ];
  for (const [at, metadata] of lies.entries()) {
    const changed = { ...message, id: message.id + 1 + at, seq: message.seq + 1 + at, metadata };
    await live(stage, { person: alice, device }, [changed as typeof message]);
    const shown = await device.chats.get(chat.id)?.message(changed.id);
    expect(shown).toMatchObject({ unreadable: "forged", attachments: [] });
  }
});

it("a thumbnail is the sender's own, and nothing but a picture", () => {
  for (const { thumbnailUrl } of files) expect(thumbnailUrl).toBe(`data:image/jpeg;base64,${THUMBNAIL}`);
});
