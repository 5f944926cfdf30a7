import { keyEndpoints } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newAccountBundle, newMessageKey, signPublicKey } from "../crypto/index.ts";
import { ed25519PublicKey } from "../crypto/primitives/ed25519.ts";
import { fromBase64, toBase64 } from "../crypto/primitives/octets.ts";
import { x25519PublicKey } from "../crypto/primitives/x25519.ts";
import { TacitError } from "../errors.ts";
import { newPerson } from "../fixtures/person.ts";
import {
  chatOf,
  type Device,
  history,
  keepChat,
  newChat,
  newDevice,
  outgoing,
  send,
  words,
} from "../messages/fixtures/device.ts";
import { publishKey, rotated } from "../messages/fixtures/new-keys.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const device = async () => newDevice(await newPerson(server));

async function pair() {
  const [alice, bob] = [await device(), await device()];
  const chatId = await newChat([alice, bob], { kind: "private" });
  const { id } = await send(alice, chatId, { content: words("hello") });
  await keepChat(alice, chatId);
  return { alice, bob, chatId, bobId: bob.person.id, firstId: id };
}

const KEYS = "/chats/:id/keys";

/** Lets the server hand out other keys than those that there are. */
function tamperKeys(
  victim: Device,
  change: (key: Record<string, unknown>) => Record<string, unknown> | undefined,
) {
  victim.tampering[KEYS] = (answer) => {
    const { keys, ...rest } = answer as { keys: Record<string, unknown>[] };
    return { ...rest, keys: keys.flatMap((key) => change(key) ?? []) };
  };
}

/** A key of the server's own making. */
async function madeUpKey(keyVersion = 1) {
  const bundle = await newAccountBundle();
  const publicKey = await x25519PublicKey(bundle.x25519);
  return {
    public_key: toBase64(publicKey),
    identity_key: toBase64(await ed25519PublicKey(bundle.identitySeed)),
    signature: toBase64(await signPublicKey(bundle.identitySeed, publicKey, keyVersion)),
    key_version: keyVersion,
    signed_by: "user",
  };
}

async function trySending(sender: Device, chatId: number) {
  sender.encryptor.forget(chatId);
  return await sender.encryptor.encrypt(await chatOf(sender, chatId), outgoing({ content: words("secret") }));
}

describe("a changed identity", () => {
  it("stops sending, is told in the chat, and goes on once it is accepted", async () => {
    const { alice, bob, chatId, bobId, firstId } = await pair();
    const seed = newMessageKey();
    const x25519 = await publishKey(bob.person.client, seed, 2);
    await expect(trySending(alice, chatId)).rejects.toMatchObject({
      code: "identity_changed",
      details: { userIds: [bobId] },
    });
    expect(await alice.trust.contact(bobId)).toMatchObject({ changed: true, signedBy: "user" });
    const notice = { chatId, userId: bobId, afterMessageId: firstId };
    expect(await alice.store.range("notice")).toMatchObject([{ ...notice, kind: "identity_changed" }]);
    expect(alice.told).toContainEqual({ kind: "notices", chatId });
    expect(alice.told).toContainEqual({ kind: "trust", userIds: [bobId] });
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "identity_changed" });
    expect(await alice.store.range("notice")).toHaveLength(1);

    await alice.trust.accept(bobId);
    const kinds = (await alice.store.range("notice")).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(["identity_accepted", "identity_changed"]);
    const { id } = await send(alice, chatId, { content: words("secret") });
    const bundle = { ...rotated(bob.person.bundle, x25519, 2), identitySeed: seed };
    const keys = { ...bob.person.keys, bundle: () => bundle, privateKeys: () => [bundle.x25519] };
    const newBob = await newDevice({ ...bob.person, bundle, keys });
    await keepChat(newBob, chatId);
    const record = (await newBob.read(chatId)).find((one) => one.id === id);
    expect(record).toMatchObject({ trust: "verified", content: { text: "secret" } });
  });

  it("makes messages that it signed unreadable until it is accepted; those of the old identity stay verified", async () => {
    const { alice, bob, chatId, bobId } = await pair();
    await alice.trust.senders([bobId]);
    await send(bob, chatId, { content: words("from the old identity") });
    const seed = newMessageKey();
    const x25519 = await publishKey(bob.person.client, seed, 2);
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "identity_changed" });
    const bundle = { ...rotated(bob.person.bundle, x25519, 2), identitySeed: seed };
    const newBob = await newDevice({
      ...bob.person,
      bundle,
      keys: { ...bob.person.keys, bundle: () => bundle },
    });
    await keepChat(newBob, chatId);
    await send(newBob, chatId, { content: words("from the new identity") });
    const held = await alice.read(chatId);
    expect(held[2]).toMatchObject({ unreadable: "forged" });
    await keepChat(alice, chatId);
    await alice.trust.accept(bobId);
    expect((await alice.read(chatId)).map(({ trust, content }) => [trust, content?.text])).toEqual([
      ["verified", "hello"],
      ["verified", "from the old identity"],
      ["verified", "from the new identity"],
    ]);
    const messages = await history(alice.person, chatId);
    const anew = await alice.reader.read(messages, await chatOf(alice, chatId), new Map());
    expect(anew.map(({ trust }) => trust)).toEqual(["verified", "verified", "verified"]);
  });

  it("is no verified contact any more once it is accepted", async () => {
    const { alice, chatId, bobId } = await pair();
    await alice.trust.setVerified(bobId, true);
    expect((await alice.trust.contact(bobId)).verifiedAt).toBeTruthy();
    const made = await madeUpKey(2);
    tamperKeys(alice, (key) => (key.user_id === bobId ? { ...key, ...made } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "identity_changed" });
    await expect(alice.trust.setVerified(bobId, true)).rejects.toMatchObject({ code: "not_possible" });
    expect((await alice.trust.contact(bobId)).verifiedAt).toBeTruthy();
    await alice.trust.accept(bobId);
    expect(await alice.trust.contact(bobId)).toEqual({ pinned: true, signedBy: "user", changed: false });
  });

  it("is forgotten when the server presents the pinned one again", async () => {
    const { alice, chatId, bobId } = await pair();
    const made = await madeUpKey(9);
    tamperKeys(alice, (key) => (key.user_id === bobId ? { ...key, ...made } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "identity_changed" });
    delete alice.tampering[KEYS];
    await trySending(alice, chatId);
    expect(await alice.trust.contact(bobId)).toMatchObject({ changed: false });
  });

  it("is also one that the server vouches for in the place of a person's own", async () => {
    const { alice, chatId, bobId } = await pair();
    const made = { ...(await madeUpKey(2)), signed_by: "server" };
    tamperKeys(alice, (key) => (key.user_id === bobId ? { ...key, ...made } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "identity_changed" });
    await alice.trust.accept(bobId);
    expect(await alice.trust.contact(bobId)).toEqual({ pinned: true, signedBy: "server", changed: false });
    await expect(alice.trust.safetyNumber(bobId)).rejects.toMatchObject({ code: "not_possible" });
  });

  it("is also another key of an old client, which never changes its own", async () => {
    const alice = await device();
    const old = await TestClient.register(server);
    const chatId = await newChat([alice], { kind: "private", more: [old.id] });
    await trySending(alice, chatId);
    const made = { ...(await madeUpKey(2)), signed_by: "server" };
    tamperKeys(alice, (key) => (key.user_id === old.id ? { ...key, ...made } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "identity_changed" });
  });
});

describe("a key", () => {
  it("that the pinned identity signed anew is taken silently, and an older one never again", async () => {
    const { alice, bob, chatId, bobId } = await pair();
    const before = await bob.person.api.call(keyEndpoints.getPublicKey, { params: { id: bobId } });
    const x25519 = await publishKey(bob.person.client, bob.person.bundle.identitySeed, 2);
    const { envelopes } = await trySending(alice, chatId);
    expect(await alice.store.range("notice")).toEqual([]);
    expect(Object.keys(envelopes ?? {})).toHaveLength(2);
    const bundle = rotated(bob.person.bundle, x25519, 2);
    const keys = { ...bob.person.keys, privateKeys: () => [bundle.x25519, bob.person.bundle.x25519] };
    const newBob = await newDevice({ ...bob.person, bundle, keys });
    await keepChat(newBob, chatId);
    await send(alice, chatId, { content: words("to the new key") });
    expect((await newBob.read(chatId)).map(({ trust }) => trust)).toEqual(["verified", "verified"]);

    tamperKeys(alice, (key) => (key.user_id === bobId ? { ...before } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject({
      code: "unusable_key",
      details: { userIds: [bobId] },
    });
  });

  it("that was overtaken on its way by a newer one holds nothing back: the server is asked once more", async () => {
    const { alice, bob, chatId, bobId } = await pair();
    const before = await bob.person.api.call(keyEndpoints.getPublicKey, { params: { id: bobId } });
    await publishKey(bob.person.client, bob.person.bundle.identitySeed, 2);
    await trySending(alice, chatId);
    alice.encryptor.forget(chatId);
    let late = 1;
    tamperKeys(alice, (key) => (key.user_id === bobId && late-- > 0 ? { ...before } : key));
    const { envelopes } = await trySending(alice, chatId);
    expect(late).toBe(-1);
    expect(Object.keys(envelopes ?? {})).toHaveLength(2);
  });

  const SMALL_ORDER = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA=",
  ];
  it.each(SMALL_ORDER)("of small order is never used: %s", async (publicKey) => {
    const { alice, bob, chatId, bobId } = await pair();
    const signature = await signPublicKey(bob.person.bundle.identitySeed, fromBase64(publicKey), 2);
    const weak = { public_key: publicKey, signature: toBase64(signature), key_version: 2 };
    tamperKeys(alice, (key) => (key.user_id === bobId ? { ...key, ...weak } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "unusable_key" });
  });

  it("that its owner did not sign, or that is none, is never used", async () => {
    const { alice, chatId, bobId } = await pair();
    const { public_key } = await madeUpKey();
    for (const bad of [{ public_key }, { public_key: "AAAA" }, { public_key: "?" }, { key_version: 2 }]) {
      tamperKeys(alice, (key) => (key.user_id === bobId ? { ...key, ...bad } : key));
      await expect(trySending(alice, chatId)).rejects.toMatchObject({ code: "unusable_key" });
    }
  });
});

describe("a snapshot of a chat's keys is refused", () => {
  const downgrade = { code: "encryption_downgrade" };

  it("that leaves a member out, or adds somebody, or leaves me out", async () => {
    const [alice, bob, carol] = [await device(), await device(), await device()];
    const chatId = await newChat([alice, bob, carol], { kind: "group" });
    const ghost = await newPerson(server);
    await trySending(alice, chatId);
    for (const { id } of [carol.person, alice.person]) {
      tamperKeys(alice, (key) => (key.user_id === id ? undefined : key));
      await expect(trySending(alice, chatId)).rejects.toMatchObject(downgrade);
    }
    const ghostKey = await ghost.api.call(keyEndpoints.getPublicKey, { params: { id: ghost.id } });
    alice.tampering[KEYS] = (answer) => {
      const { keys, ...rest } = answer as { keys: unknown[] };
      return { ...rest, keys: [...keys, ghostKey] };
    };
    await expect(trySending(alice, chatId)).rejects.toMatchObject(downgrade);
    alice.tampering[KEYS] = (answer) => ({ ...(answer as object), members_version: 0 });
    await expect(trySending(alice, chatId)).rejects.toMatchObject(downgrade);
  });

  it("that puts somebody else into a private chat, or names anyone twice", async () => {
    const { alice, chatId, bobId } = await pair();
    const ghost = await newPerson(server);
    const ghostKey = await ghost.api.call(keyEndpoints.getPublicKey, { params: { id: ghost.id } });
    tamperKeys(alice, (key) => (key.user_id === bobId ? { ...ghostKey } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject(downgrade);
    alice.tampering[KEYS] = (answer) => {
      const { keys, ...rest } = answer as { keys: object[] };
      return { ...rest, keys: [...keys, ...keys.slice(0, 1)] };
    };
    await expect(trySending(alice, chatId)).rejects.toMatchObject(downgrade);
  });

  it("that gives out another key as mine", async () => {
    const { alice, chatId } = await pair();
    const made = await madeUpKey();
    tamperKeys(alice, (key) => (key.user_id === alice.person.id ? { ...key, ...made } : key));
    await expect(trySending(alice, chatId)).rejects.toMatchObject(downgrade);
  });
});

it("two people see the same safety number, and each one's code matches on the other's device", async () => {
  const { alice, bob } = await pair();
  const [a, b] = [alice.person.id, bob.person.id];
  expect(await alice.trust.safetyNumber(b)).toBe(await bob.trust.safetyNumber(a));
  expect(await alice.trust.compareQr(b, await bob.trust.safetyQr(a))).toBe("match");
  expect(await alice.trust.compareQr(b, await alice.trust.safetyQr(b))).toBe("mismatch");
  expect(await alice.trust.compareQr(b, "https://example.org")).toBe("unreadable");
});

it("somebody who is not there has no identity, and a network that is not there is told", async () => {
  const alice = await device();
  const senders = await alice.trust.senders([alice.person.id, 999_999]);
  expect(senders.get(999_999)?.identityKey).toBeUndefined();
  expect(senders.get(alice.person.id)?.identityKey).toEqual(
    await ed25519PublicKey(alice.person.bundle.identitySeed),
  );
  await expect(alice.trust.contact(999_999)).rejects.toMatchObject({ code: "unknown_user" });
  const bob = await newPerson(server);
  alice.tampering["/users/:id/public-key"] = () => {
    throw new TacitError("unreachable", "The server cannot be reached.");
  };
  await expect(alice.trust.senders([bob.id])).rejects.toMatchObject({ code: "unreachable" });
  delete alice.tampering["/users/:id/public-key"];
  expect((await alice.trust.senders([bob.id])).get(bob.id)?.identityKey).toBeTruthy();
});

it("a key with which the server answers for somebody else is not theirs", async () => {
  const [alice, bob] = [await device(), await newPerson(server)];
  const mallory = await newPerson(server);
  const answer = await mallory.api.call(keyEndpoints.getPublicKey, { params: { id: mallory.id } });
  alice.tampering["/users/:id/public-key"] = () => answer;
  expect((await alice.trust.senders([bob.id])).get(bob.id)?.identityKey).toBeUndefined();
  expect(await alice.store.range("pin")).toEqual([]);
});

it("what I wrote with an old client stays readable after my account was upgraded, marked as not signed", async () => {
  const { alice, bob, chatId } = await pair();
  const [hello] = await history(alice.person, chatId);
  if (!hello) throw new Error("nothing was delivered");
  const { ciphertext, nonce } = JSON.parse(hello.message);
  const unsigned = { ...hello, message: JSON.stringify({ ciphertext, nonce }) };
  const readAnew = async (message: typeof hello) =>
    await alice.reader.read([message], await chatOf(alice, chatId), new Map());
  expect(await readAnew(unsigned)).toMatchObject([{ unreadable: "forged" }]);
  await alice.trust.upgraded(hello.id);
  expect(await readAnew(unsigned)).toMatchObject([
    { trust: "unverified_sender", content: { text: "hello" } },
  ]);
  expect(await readAnew(hello)).toMatchObject([{ trust: "verified" }]);
  expect(await readAnew({ ...unsigned, id: hello.id + 1 })).toMatchObject([{ unreadable: "forged" }]);
  const { id } = await send(bob, chatId, { content: words("signed") });
  const later = (await history(alice.person, chatId)).find((message) => message.id === id);
  if (!later) throw new Error("nothing was delivered");
  const broken = { ...later, id: hello.id, message: later.message.replace(/"sig":"..../, '"sig":"AAAA') };
  expect(await readAnew(broken)).toMatchObject([{ unreadable: "forged" }]);
});
