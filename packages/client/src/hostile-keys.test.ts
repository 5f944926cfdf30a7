import type { PublicKey } from "@tacit/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { signPublicKey } from "./crypto/index.ts";
import { ed25519PublicKey } from "./crypto/primitives/ed25519.ts";
import { fromBase64, toBase64 } from "./crypto/primitives/octets.ts";
import { heard, opened, sent, until } from "./fixtures/attacked.ts";
import type { Attack, HostileAnswer } from "./fixtures/hostile-server.ts";
import type { Person } from "./fixtures/person.ts";
import { SAID, type Stage, setStage } from "./fixtures/stage.ts";
import type { Chat, Message, Tacit } from "./index.ts";

let stage: Stage;
let alice: Person;
let mallory: Person;
let device: Tacit;

beforeAll(async () => {
  stage = await setStage();
  [alice, mallory] = await Promise.all([stage.person("Alice"), stage.person("Mallory")]);
  device = await stage.device(alice);
});
afterEach(() => {
  stage.hostile.attack = {};
});
afterAll(async () => {
  expect(await opened(stage.hostile, mallory)).toBe(allowed);
  expect(await stage.close()).toEqual([]);
});

/** Messages that Mallory may read: those of the tests in which somebody let her. */
let allowed = 0;

/** Somebody else's key in the place of a person's, wherever the server gives it out. */
function presenting(person: Person, change: (key: PublicKey) => PublicKey): Attack {
  const answer = ({ status, body, headers }: HostileAnswer, path: string): HostileAnswer | undefined => {
    if (status !== 200) return undefined;
    if (path === `/users/${person.id}/public-key`)
      return { status, headers: headers ?? {}, body: change(body) };
    if (!/^\/chats\/\d+\/keys$/.test(path)) return undefined;
    const keys = body.keys.map((key: PublicKey) => (key.user_id === person.id ? change(key) : key));
    return { status, headers: headers ?? {}, body: { ...body, keys } };
  };
  return { answer: (told, { path }) => answer(told, path) };
}

async function settled(chat: Chat, message: Message): Promise<Message> {
  return await until(device, async () => {
    const now = (await chat.messages()).find(({ key }) => key === message.key);
    stage.overheard.note(now?.failure);
    return now && !["queued", "sending"].includes(now.state) && now;
  });
}

/** As a program asks for it that was told of a new key. */
async function send(chat: Chat, about: Person): Promise<Message> {
  stage.hostile.say({ type: "key_updated", user_id: about.id, key_version: 9 });
  await heard(device, stage.hostile);
  return await settled(chat, await chat.send(SAID));
}

async function knownContact() {
  const bob = await stage.person("Bob");
  const chat = await device.chats.withUser(bob);
  expect((await settled(chat, await chat.send(SAID))).state).toBe("sent");
  return { bob, chat };
}

async function signed(key: PublicKey, by: Person, publicKey: string, version: number): Promise<PublicKey> {
  const seed = by.bundle.identitySeed;
  return {
    ...key,
    public_key: publicKey,
    key_version: version,
    identity_key: toBase64(await ed25519PublicKey(seed)),
    signature: toBase64(await signPublicKey(seed, fromBase64(publicKey), version)),
  };
}

type Forgery = (key: PublicKey, bob: Person) => Promise<PublicKey>;
const hers = () => mallory.client.identity.publicKey;

const OTHER_IDENTITIES: Readonly<Record<string, Forgery>> = {
  "another identity, which signed its own key": (key) => signed(key, mallory, hers(), 1),
  "another identity with a higher version": (key) => signed(key, mallory, hers(), 7),
  "a key that only the server signed": async (key) => ({
    ...(await signed(key, mallory, hers(), 1)),
    signed_by: "server",
  }),
};

const NO_KEYS: Readonly<Record<string, Forgery>> = {
  "an older key of his, which was stolen": (key, bob) => signed(key, bob, hers(), 0),
  "a second key of the same version": (key, bob) => signed(key, bob, hers(), 1),
  "another key under his signature": async (key) => ({ ...key, public_key: hers() }),
  "another key that nobody signed": async (key) => ({
    ...key,
    public_key: hers(),
    key_version: 2,
    signature: toBase64(new Uint8Array(64)),
  }),
  "a key of small order": (key, bob) => signed(key, bob, toBase64(new Uint8Array(32)), 2),
  "no key at all": async (key) => ({ ...key, public_key: "" }),
};

/** Forgeries take time, and an answer has none. */
async function forged(forge: Forgery, bob: Person): Promise<Attack> {
  const { body } = await alice.client.get(`/users/${bob.id}/public-key`, { expectStatus: 200 });
  const key = await forge(body, bob);
  return presenting(bob, () => key);
}

describe("nothing is sent to a contact for whom the server suddenly presents", () => {
  it.each(Object.entries(OTHER_IDENTITIES))(
    "%s, and what waits goes out once it presents the right one again",
    async (_, forge) => {
      const { bob, chat } = await knownContact();
      stage.hostile.attack = await forged(forge, bob);
      const before = sent(stage.hostile).length;
      const message = await send(chat, bob);
      expect(message).toMatchObject({
        state: "held",
        failure: { code: "identity_changed", userIds: [bob.id] },
      });
      expect(await chat.notices()).toMatchObject([{ kind: "identity_changed", userId: bob.id }]);
      expect(await device.people.identity(bob)).toMatchObject({ changed: true });
      expect(sent(stage.hostile)).toHaveLength(before);
      stage.hostile.attack = {};
      await message.retry();
      expect((await settled(chat, message)).state).toBe("sent");
      expect(await device.people.identity(bob)).toMatchObject({ changed: false });
    },
  );

  it.each(Object.entries(NO_KEYS))("%s", async (_, forge) => {
    const { bob, chat } = await knownContact();
    stage.hostile.attack = await forged(forge, bob);
    const before = sent(stage.hostile).length;
    const message = await send(chat, bob);
    expect(message).toMatchObject({ state: "failed", failure: { code: "unusable_key", userIds: [bob.id] } });
    expect(sent(stage.hostile)).toHaveLength(before);
    stage.hostile.attack = {};
    await message.retry();
    expect((await settled(chat, message)).state).toBe("sent");
  });
});

it("whoever accepts the changed identity writes to it, and sees for ever that it was changed", async () => {
  const { bob, chat } = await knownContact();
  await device.people.setVerified(bob, true);
  stage.hostile.attack = await forged((key) => signed(key, mallory, hers(), 1), bob);
  const message = await send(chat, bob);
  expect(message.state).toBe("held");
  await device.people.acceptIdentity(bob);
  expect((await settled(chat, message)).state).toBe("sent");
  allowed += 1;
  expect(await opened(stage.hostile, mallory)).toBe(allowed);
  expect(await device.people.identity(bob)).toMatchObject({ changed: false });
  expect((await device.people.identity(bob)).verifiedAt).toBeUndefined();
  expect((await chat.notices()).map(({ kind }) => kind)).toEqual(["identity_changed", "identity_accepted"]);
});

it("a swap at first sight shows in nothing but the safety number", async () => {
  const bob = await stage.person("Bob");
  const his = await stage.device(bob, stage.server);
  stage.hostile.attack = await forged((key) => signed(key, mallory, hers(), 1), bob);
  const chat = await device.chats.withUser(bob);
  expect((await settled(chat, await chat.send("hello"))).state).toBe("sent");
  allowed += 1;
  const [mine, theirs] = [await device.people.safetyNumber(bob), await his.people.safetyNumber(alice)];
  expect(mine).not.toBe(theirs);
  expect(await device.people.compareQr(bob, await his.people.safetyQr(alice))).toBe("mismatch");
});

describe("a message is encrypted for nobody but those who are in the chat", () => {
  /** Changes the snapshot of members and keys that a chat is encrypted for. */
  const snapshot = (change: (answer: { keys: PublicKey[]; members_version: number }) => object): Attack => ({
    answer: (told, { path }) =>
      /^\/chats\/\d+\/keys$/.test(path)
        ? { ...told, body: { ...told.body, ...change(told.body) } }
        : undefined,
  });
  const keyOf = async (person: Person): Promise<PublicKey> =>
    (await alice.client.get(`/users/${person.id}/public-key`, { expectStatus: 200 })).body;

  async function refusesToSend(chat: Chat, attack: Attack) {
    stage.hostile.attack = attack;
    const before = sent(stage.hostile).length;
    const message = await settled(chat, await chat.send(SAID));
    expect(message).toMatchObject({ state: "failed", failure: { code: "encryption_downgrade" } });
    expect(sent(stage.hostile)).toHaveLength(before);
    stage.hostile.attack = {};
    await message.retry();
    expect((await settled(chat, message)).state).toBe("sent");
  }

  const newGroup = async () =>
    await device.chats.createGroup({ title: "Garden", members: [await stage.person()] });

  it("a third one in a private chat", async () => {
    const ghost = await keyOf(mallory);
    const chat = await device.chats.withUser(await stage.person("Bob"));
    await refusesToSend(
      chat,
      snapshot(({ keys }) => ({ keys: [...keys, ghost] })),
    );
  });

  it("another one in the place of the contact", async () => {
    const [bob, ghost] = [await stage.person("Bob"), await keyOf(mallory)];
    const chat = await device.chats.withUser(bob);
    await refusesToSend(
      chat,
      snapshot(({ keys }) => ({ keys: keys.map((key) => (key.user_id === bob.id ? ghost : key)) })),
    );
  });

  it("a ghost in a group", async () => {
    const ghost = await keyOf(mallory);
    await refusesToSend(
      await newGroup(),
      snapshot(({ keys }) => ({ keys: [...keys, ghost] })),
    );
  });

  it("a ghost in a group that has changed, as the server tells nobody else", async () => {
    const ghost = await keyOf(mallory);
    await refusesToSend(
      await newGroup(),
      snapshot(({ keys, members_version }) => ({
        keys: [...keys, ghost],
        members_version: members_version + 1,
      })),
    );
  });

  it("a group in which somebody is left out", async () => {
    await refusesToSend(
      await newGroup(),
      snapshot(({ keys }) => ({ keys: keys.slice(0, 1) })),
    );
  });

  it("a group as it was before", async () => {
    await refusesToSend(
      await newGroup(),
      snapshot(() => ({ members_version: 0 })),
    );
  });

  it("somebody else's key as my own", async () => {
    const { public_key } = await keyOf(mallory);
    await refusesToSend(
      await newGroup(),
      snapshot(({ keys }) => ({
        keys: keys.map((key) => (key.user_id === alice.id ? { ...key, public_key } : key)),
      })),
    );
  });

  it("two keys of the same member", async () => {
    const second = await keyOf(mallory);
    await refusesToSend(
      await newGroup(),
      snapshot(({ keys }) => ({
        keys: [...keys, { ...second, user_id: keys.find((key) => key.user_id !== alice.id)?.user_id }],
      })),
    );
  });

  it("but whoever comes by the server's own doing stands among the members before anything is encrypted for them", async () => {
    const chat = await newGroup();
    const { id } = await chat.members().then(([first]) => first?.person ?? alice);
    expect(id).toBe(alice.id);
    // The server adds her, as an administrator of its database could.
    const members = chat.memberCount;
    await alice.client.post(`/chats/${chat.id}/members`, {
      body: { user_id: mallory.id },
      expectStatus: 204,
    });
    const message = await settled(chat, await chat.send("welcome"));
    allowed += 1;
    expect(message.state).toBe("sent");
    expect(chat.memberCount).toBe(members + 1);
    expect((await chat.members()).map(({ person }) => person.id)).toContain(mallory.id);
  });
});
