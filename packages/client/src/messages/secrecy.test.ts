import { inspect } from "node:util";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newMessageKey } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { newPerson } from "../fixtures/person.ts";
import { chatOf, type Device, newChat, newDevice, outgoing, words } from "./fixtures/device.ts";

let server: TestServer;
let alice: Device;
let chatId: number;

beforeAll(async () => {
  server = await startTestServer();
  alice = await newDevice(await newPerson(server));
  const bob = await newDevice(await newPerson(server));
  chatId = await newChat([alice, bob], { kind: "private" });
});
afterAll(() => server.close());

const KEY = newMessageKey();
const SECRET = "zanzibar";

const FAILURES: Readonly<Record<string, () => Promise<unknown>>> = {
  "a message that is too large": () => encrypt({ content: words(SECRET.repeat(40_000)) }),
  "a text that is no Unicode": () => encrypt({ content: words(`${SECRET}\ud800`) }),
  "a message that cannot be signed": () => encrypt({ content: words(SECRET), clientMessageId: SECRET }),
  "an edit of an old client's message": () => encrypt({ content: words(SECRET), clientMessageId: null }),
  "a message key of another length": () => encrypt({ content: words(SECRET), key: KEY.subarray(1) }),
  "somebody whose key cannot be used": () => hostile({ public_key: "AAAA" }),
  "somebody who is named twice": () => hostile({ user_id: 1 }),
  "an encrypted file for a chat that is not": async () => {
    const metadata = { filename: SECRET, mimetype: SECRET, size: 1, nonce: "AAAAAAAAAAAAAAAA" };
    const file = { fileId: 1, name: SECRET, mimetype: SECRET, size: 1, metadata };
    const chat = { ...(await chatOf(alice, chatId)), encrypted: false, kind: "group" } as const;
    const content = { ...words(SECRET), attachments: [file] };
    return alice.encryptor.encrypt(chat, outgoing({ content, key: KEY }));
  },
};

async function encrypt(draft: Parameters<typeof outgoing>[0]) {
  return alice.encryptor.encrypt(await chatOf(alice, chatId), outgoing({ key: KEY, ...draft }));
}

async function hostile(change: object) {
  alice.encryptor.forget(chatId);
  alice.tampering["/chats/:id/keys"] = (answer) => {
    const { keys, ...rest } = answer as { keys: object[] };
    return { ...rest, keys: keys.map((key) => ({ ...key, ...change })) };
  };
  return encrypt({ content: words(SECRET) }).finally(() => {
    delete alice.tampering["/chats/:id/keys"];
  });
}

it.each(Object.entries(FAILURES))("the error tells no secret: %s", async (_, fail) => {
  const error = await fail().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new TypeError("that should have been refused");
  const { message, cause } = error;
  const printed = inspect({ ...error, message, cause }, { depth: null, showHidden: true }).toLowerCase();
  const { x25519, identitySeed, backup } = alice.person.bundle;
  for (const key of [KEY, x25519, identitySeed, backup]) {
    expect(printed).not.toContain(toBase64(key).toLowerCase().slice(0, 20));
    expect(printed).not.toContain(Buffer.from(key).toString("hex"));
    expect(printed).not.toContain([...key.subarray(0, 4)].join(", "));
  }
  expect(printed).not.toContain(SECRET);
});
