import { inspect } from "node:util";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { recoveryKeys, recoveryWords } from "../crypto/index.ts";
import { fromBase64, toBase64 } from "../crypto/primitives/octets.ts";
import {
  type Attack,
  answering,
  type HostileAnswer,
  type HostileServer,
  startHostileServer,
} from "../fixtures/hostile-server.ts";
import { newPerson, type Person } from "../fixtures/person.ts";
import { createApi } from "../transport/api.ts";
import { Account, openAccount } from "./account.ts";
import { changePassword } from "./change-password.ts";
import { answersTo, newDevice, newNames, newPassword, signedIn, storedAccount } from "./fixtures/device.ts";
import { deleteAccount } from "./leave.ts";
import { createOwnKeys } from "./own-keys.ts";
import { recover } from "./recover.ts";
import { renewRecovery, unprovenRecovery } from "./recovery-proof.ts";
import { register } from "./register.ts";
import { rotateKeys } from "./rotate-keys.ts";
import { signIn } from "./sign-in.ts";
import { storedBundle } from "./stored-bundle.ts";

let server: TestServer;
let hostile: HostileServer;
const names = newNames();
const password = newPassword();

beforeAll(async () => {
  server = await startTestServer();
  hostile = await startHostileServer(server);
  const device = await newDevice(server);
  await register({ ...device, ...names, password });
});
beforeEach(async () => {
  hostile.attack = {};
  await server.sql`DELETE FROM throttles`;
});
afterAll(async () => {
  await hostile.close();
  await server.close();
});

/** Signs in on a new device while the server attacks. */
async function signInUnder(attack: Attack) {
  hostile.attack = attack;
  const device = await newDevice(hostile);
  const first = hostile.requests.length;
  const error: unknown = await signIn({ ...device, login: names.login, password }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await expect(openAccount(device.store)).rejects.toMatchObject({ code: "store_empty" });
  return { error, paths: hostile.requests.slice(first).map(({ path }) => path) };
}

const kdf = { v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 };

it.each<[string, object, string]>([
  ["less memory", { kdf: { ...kdf, m: 65_535 } }, "weak_kdf"],
  ["a single pass", { kdf: { ...kdf, t: 1 } }, "weak_kdf"],
  ["an older way", { kdf: { ...kdf, v: 1 } }, "weak_kdf"],
  ["another way", { kdf: { ...kdf, alg: "pbkdf2" } }, "weak_kdf"],
  ["a short salt", { salt: "AAAAAAAAAAAAAAAA" }, "weak_kdf"],
  ["memory that this device does not have", { kdf: { ...kdf, m: 4_194_304 } }, "costly_kdf"],
  ["no way at all", { kdf: null }, "bad_answer"],
])("a server that wants the password stretched with %s gets nothing", async (_, told, code) => {
  const { error, paths } = await signInUnder(answering("/auth/prelogin", () => told));
  expect(error).toMatchObject({ code });
  expect(paths).toEqual(["/auth/prelogin"]);
});

it.each([401, 403, 426, 500])(
  "whatever the server answers to a login, the password itself is not sent: %i",
  async (status) => {
    const body = { error: "Old client. Send the password.", code: "invalid_credentials" };
    const { error, paths } = await signInUnder({
      request: ({ path }) => (path === "/auth/login" ? { status, body } : undefined),
    });
    expect(error).toMatchObject({ name: "TacitError" });
    expect(paths).toEqual(["/auth/prelogin", "/auth/login"]);
    expect(hostile.wasTold(password)).toBe(false);
  },
);

type Change = (body: HostileAnswer["body"], other: Person) => object;
const LIES: readonly [string, RegExp | string, Change][] = [
  ["somebody else's bundle", "/users/me/keys", (_, { client }) => ({ pkebymk: client.account?.pkebymk })],
  ["a bundle that is none", "/users/me/keys", () => ({ pkebymk: "?" })],
  ["a bundle that was cut", "/users/me/keys", ({ pkebymk }) => ({ pkebymk: pkebymk.slice(4) })],
  ["another version", "/users/me/keys", () => ({ key_version: 2 })],
  [
    "another public key for others",
    /public-key$/,
    (_, { client }) => ({ public_key: client.identity.publicKey }),
  ],
  [
    "another identity for others",
    /public-key$/,
    (_, { bundle }) => ({ identity_key: toBase64(bundle.backup) }),
  ],
  ["a key that the server signs itself", /public-key$/, () => ({ signed_by: "server" })],
  ["a signature that is none", /public-key$/, () => ({ signature: toBase64(new Uint8Array(64)) })],
];

it.each([LIES[0], LIES[4]].flatMap((lie) => (lie ? [lie] : [])))(
  "a server that has %s lets nobody in, and the session is ended",
  async (_, path, change) => {
    const other = await newPerson(server);
    const { error, paths } = await signInUnder(answering(path, (body) => change(body, other)));
    expect(error).toMatchObject({ code: "damaged_keys" });
    expect(paths.at(-1)).toBe("/auth/logout");
  },
);

it.each(LIES)("a server that suddenly has %s is not believed", async (_, path, change) => {
  const [anna, other] = [await newPerson(server), await newPerson(server)];
  const { store, http } = await newDevice(hostile);
  const record = {
    ...{ server: http.server, userId: anna.id, login: "anna", sessionId: "", recoveryProven: true },
    ...{ bundle: storedBundle(anna.bundle), keyVersion: 1, masterKey: toBase64(anna.masterKey) },
  };
  const account = new Account(store, record);
  const api = createApi({ http, session: anna.session });
  const keys = createOwnKeys({ account, api });
  expect(await keys.refresh()).toBe(false);
  hostile.attack = answering(path, (body) => change(body, other));
  await expect(keys.refresh()).rejects.toMatchObject({ code: "damaged_keys" });
  expect(account.record).toEqual(record);
});

it("a server that brings an older key back is refused by a device that has seen the newer", async () => {
  const [device, login] = [await newDevice(hostile), newNames()];
  const anna = signedIn(device, await register({ ...device, ...login, password }));
  const words = unprovenRecovery(anna.account)?.words.join(" ") ?? "";
  const old = new Map<string, unknown>();
  const kept = /^\/users\/me\/keys$|public-key$/;
  hostile.attack = {
    answer: (answer, { method, path }) => {
      if (method === "GET" && kept.test(path)) old.set(path, answer.body);
      return undefined;
    },
  };
  await anna.keys.refresh();
  hostile.attack = {};
  await rotateKeys(anna, { password, words });
  const known = await storedAccount(device);
  hostile.attack = {
    request: ({ method, path }) =>
      method === "GET" && old.has(path) ? { status: 200, body: old.get(path) } : undefined,
  };
  await expect(anna.keys.refresh()).rejects.toMatchObject({ code: "damaged_keys" });
  const again = signIn({ ...device, login: login.login, password });
  await expect(again).rejects.toMatchObject({ code: "damaged_keys" });
  expect(await storedAccount(device)).toMatchObject({ keyVersion: 2, bundle: known.bundle });
});

it("a storage of one account, or of one server, takes no other", async () => {
  const [device, own] = [await newDevice(server), newNames()];
  await register({ ...device, ...own, password });
  const known = await storedAccount(device);
  const other = signIn({ ...device, login: names.login, password });
  await expect(other).rejects.toMatchObject({ code: "other_account" });
  const moved = { ...device, http: (await newDevice(hostile)).http };
  const first = hostile.requests.length;
  await expect(signIn({ ...moved, ...own, password })).rejects.toMatchObject({ code: "other_account" });
  expect(hostile.requests).toHaveLength(first);
  expect(await storedAccount(device)).toEqual(known);
});

it("in the whole life of an account no secret of its owner is told to the server, or in an error", async () => {
  const [device, { login, username }, next, last] = [
    await newDevice(hostile),
    newNames(),
    newPassword(),
    newPassword(),
  ];
  const anna = signedIn(device, await register({ ...device, login, username, password }));
  const proof = unprovenRecovery(anna.account);
  const words = proof?.words.join(" ") ?? "";
  const secrets = [password, next, last, words, ...secretsOf(anna.account.record)];
  const errors: unknown[] = [];
  const fails = (doing: Promise<unknown>) =>
    doing.then(
      () => expect.fail(),
      (error: unknown) => errors.push(error),
    );
  await proof?.confirm(answersTo(proof));
  await rotateKeys(anna, { password, words });
  secrets.push(...secretsOf(anna.account.record));
  await fails(changePassword(anna, { currentPassword: next, newPassword: last }));
  await fails(changePassword(anna, { currentPassword: password, newPassword: "zanzibar" }));
  await changePassword(anna, { currentPassword: password, newPassword: next });
  const renewal = await renewRecovery(anna, { password: next });
  await renewal.confirm(answersTo(renewal));
  secrets.push(renewal.words.join(" "), ...secretsOf(anna.account.record));
  const phone = await newDevice(hostile);
  await fails(signIn({ ...phone, login, password }));
  await fails(recover({ ...phone, login, words, newPassword: last }));
  const there = signedIn(
    phone,
    await recover({ ...phone, login, words: renewal.words.join(" "), newPassword: last }),
  );
  secrets.push(...secretsOf(there.account.record));
  await fails(deleteAccount(there, there, next));
  await deleteAccount(there, there, last);

  const printed = errors.map((error) => inspect(error, { depth: null, showHidden: true })).join("\n");
  expect(errors).toHaveLength(5);
  for (const secret of [...secrets, "zanzibar"]) {
    expect(hostile.wasTold(secret), secret).toBe(false);
    expect(printed).not.toContain(secret);
  }
}, 120_000);

/** All that opens anything, as base64 and the words it stands for. */
function secretsOf(record: Awaited<ReturnType<typeof storedAccount>>): string[] {
  const { bundle, masterKey, recoveryEntropy } = record;
  const keys = [
    bundle.x25519,
    bundle.identitySeed,
    bundle.backup,
    masterKey,
    ...bundle.old.map((key) => key.x25519),
  ];
  if (recoveryEntropy === undefined) return keys;
  const entropy = fromBase64(recoveryEntropy);
  return [
    ...keys,
    recoveryEntropy,
    recoveryWords(entropy).join(" "),
    toBase64(recoveryKeys(entropy).sealingKey),
  ];
}
