import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openAccount } from "./account.ts";
import { changePassword } from "./change-password.ts";
import {
  answersTo,
  newDevice,
  newNames,
  newPassword,
  restarted,
  signedIn,
  storedAccount,
  writtenTo,
} from "./fixtures/device.ts";
import { deleteAccount, signOut } from "./leave.ts";
import { recover } from "./recover.ts";
import { renewRecovery, unprovenRecovery } from "./recovery-proof.ts";
import { register } from "./register.ts";
import { rotateKeys } from "./rotate-keys.ts";
import { listSessions, revokeOtherSessions, revokeSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const refused = (code: string) => expect.objectContaining({ code });

/** A new account on a new device, and its recovery words. */
async function newAccount() {
  const [names, password, device] = [newNames(), newPassword(), await newDevice(server)];
  const anna = signedIn(device, await register({ ...device, ...names, password }));
  const proof = unprovenRecovery(anna.account);
  if (!proof) throw new Error("a new account has words to prove");
  return { ...anna, ...names, password, device, proof, words: proof.words.join(" ") };
}

/** The key that the server tells others. */
async function publishedKey(anna: Awaited<ReturnType<typeof newAccount>>) {
  const [row] =
    await server.sql`SELECT public_key, key_version FROM user_keys WHERE user_id = ${anna.keys.userId}`;
  return { publicKey: String(row?.public_key), keyVersion: Number(row?.key_version) };
}

it("an account is there for good when it was made, and is not usable before its words are proven", async () => {
  const anna = await newAccount();
  expect(anna.proof.words).toHaveLength(12);
  expect(await storedAccount(anna.device)).toMatchObject({ recoveryProven: false, keyVersion: 1 });
  expect(await anna.proof.confirm(["no", "such", "words"])).toBe(false);
  expect(await anna.proof.confirm([])).toBe(false);
  const device = await restarted(anna.device);
  const account = await openAccount(device.store);
  const again = unprovenRecovery(account);
  expect(again?.words).toEqual(anna.proof.words);
  expect(again && (await again.confirm(answersTo(again)))).toBe(true);
  expect(unprovenRecovery(account)).toBeUndefined();
  const kept = await storedAccount(device);
  expect(kept).toMatchObject({ recoveryProven: true, login: anna.login, userId: anna.keys.userId });
  expect(kept).not.toHaveProperty("recoveryEntropy");
});

it("a weak password, a taken login and a storage in use are refused, and leave nothing", async () => {
  const [names, device] = [newNames(), await newDevice(server)];
  await expect(register({ ...device, ...names, password: "password1" })).rejects.toEqual(
    refused("weak_password"),
  );
  const anna = await newAccount();
  const taken = { ...device, ...names, login: anna.login, password: newPassword() };
  await expect(register(taken)).rejects.toEqual(refused("login_taken"));
  expect(await device.store.keys("setting")).toEqual([]);
  await expect(openAccount(device.store)).rejects.toEqual(refused("store_empty"));
  const second = { ...anna.device, ...names, password: newPassword() };
  await expect(register(second)).rejects.toEqual(refused("other_account"));
  const [row] = await server.sql`SELECT count(*)::int AS found FROM users WHERE username = ${names.username}`;
  expect(row?.found).toBe(0);
});

it("on a second device the password opens the same keys, and a rotation reaches it when it asks", async () => {
  const anna = await newAccount();
  await anna.proof.confirm(answersTo(anna.proof));
  const phone = await newDevice(server);
  const there = signedIn(
    phone,
    await signIn({ ...phone, login: ` ${anna.login.toUpperCase()} `, password: anna.password }),
  );
  expect(there.account.record.recoveryProven).toBe(true);
  expect(there.keys.bundle()).toEqual(anna.keys.bundle());
  expect(await there.keys.refresh()).toBe(false);

  const before = await publishedKey(anna);
  const early = await writtenTo(before.publicKey);
  const wrong = {
    password: anna.password,
    words: "legal winner thank year wave sausage worth useful legal winner thank yellow",
  };
  await expect(rotateKeys(anna, wrong)).rejects.toEqual(refused("invalid_recovery"));
  await rotateKeys(anna, { password: anna.password, words: anna.words });
  const after = await publishedKey(anna);
  expect(after.keyVersion).toBe(2);
  expect(after.publicKey).not.toBe(before.publicKey);
  const late = await writtenTo(after.publicKey);
  expect([await early(anna.keys), await late(anna.keys), anna.keys.keyVersion()]).toEqual([true, true, 2]);

  expect(await late(there.keys)).toBe(false);
  expect(await Promise.all([there.keys.refresh(), there.keys.refresh()])).toEqual([true, true]);
  expect([await early(there.keys), await late(there.keys)]).toEqual([true, true]);
  expect(await storedAccount(phone)).toMatchObject({ keyVersion: 2 });

  const tablet = await newDevice(server);
  const password = newPassword();
  const recovered = await recover({
    ...tablet,
    login: anna.login,
    words: `1. ${anna.words.toUpperCase()}`,
    newPassword: password,
  });
  const back = signedIn(tablet, recovered);
  expect([await early(back.keys), await late(back.keys)]).toEqual([true, true]);
  expect(back.account.record.recoveryProven).toBe(true);
  await expect(there.keys.refresh()).rejects.toEqual(refused("signed_out"));
  await expect.poll(() => storedAccount(phone)).not.toHaveProperty("refreshToken");
  expect(await storedAccount(phone)).toMatchObject({ keyVersion: 2 });

  const again = await signIn({ ...phone, login: anna.login, password });
  expect(again.account.record).toMatchObject({ userId: anna.keys.userId, keyVersion: 2 });
});

it("after a change of the password only this device is signed in, and only the new password opens the account", async () => {
  const anna = await newAccount();
  const password = newPassword();
  await expect(changePassword(anna, { currentPassword: "wrong one", newPassword: password })).rejects.toEqual(
    refused("wrong_password"),
  );
  const weak = { currentPassword: anna.password, newPassword: "password" };
  await expect(changePassword(anna, weak)).rejects.toEqual(refused("weak_password"));
  await changePassword(anna, { currentPassword: anna.password, newPassword: password });
  expect(await anna.keys.refresh()).toBe(false);
  expect(await storedAccount(anna.device)).not.toHaveProperty("nextMasterKey");
  const phone = await newDevice(server);
  const credentials = { ...phone, login: anna.login };
  await expect(signIn({ ...credentials, password: anna.password })).rejects.toEqual(
    refused("invalid_credentials"),
  );
  const there = signedIn(phone, await signIn({ ...credentials, password }));
  expect(there.keys.bundle()).toEqual(anna.keys.bundle());
});

it("new recovery words replace the old ones only when they are proven, and can bring a new key with them", async () => {
  const anna = await newAccount();
  await anna.proof.confirm(answersTo(anna.proof));
  const early = await writtenTo((await publishedKey(anna)).publicKey);
  await expect(renewRecovery(anna, { password: "wrong one" })).rejects.toEqual(refused("wrong_password"));
  const proof = await renewRecovery(anna, { password: anna.password, rotate: true });
  expect(await proof.confirm(["no", "such", "words"])).toBe(false);
  const [before] = await server.sql`SELECT pkebyrk FROM user_keys WHERE user_id = ${anna.keys.userId}`;
  expect(await Promise.all([proof.confirm(answersTo(proof)), proof.confirm(answersTo(proof))])).toEqual([
    true,
    true,
  ]);
  const [after] = await server.sql`SELECT pkebyrk FROM user_keys WHERE user_id = ${anna.keys.userId}`;
  expect(after?.pkebyrk).not.toBe(before?.pkebyrk);
  expect(anna.keys.keyVersion()).toBe(2);
  const device = await newDevice(server);
  const recovery = { ...device, login: anna.login, newPassword: newPassword() };
  await expect(recover({ ...recovery, words: anna.words })).rejects.toEqual(refused("invalid_recovery"));
  const back = signedIn(device, await recover({ ...recovery, words: proof.words.join(" ") }));
  expect(back.keys.bundle()).toEqual(anna.keys.bundle());
  expect(await early(back.keys)).toBe(true);
});

it("words that no recovery key can be are refused before anybody is asked", async () => {
  const device = await newDevice({ url: "http://127.0.0.1:9" });
  const recovery = { ...device, login: "anna", newPassword: newPassword() };
  for (const [words, code] of [
    ["abandon ".repeat(11), "recovery_word_count"],
    [`${"abandon ".repeat(11)} zanzibar`, "recovery_word_unknown"],
    ["abandon ".repeat(12), "recovery_checksum"],
  ] as const)
    await expect(recover({ ...recovery, words })).rejects.toEqual(refused(code));
});

it("devices are listed and signed out, one or all others, and keep their data", async () => {
  const anna = await newAccount();
  const devices = [];
  for (let count = 0; count < 2; count++) {
    const device = await newDevice(server);
    devices.push(signedIn(device, await signIn({ ...device, login: anna.login, password: anna.password })));
  }
  const [phone, tablet] = devices;
  if (!phone || !tablet) throw new Error("there are two");
  const listed = await listSessions(anna.api);
  expect(listed.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
    [tablet.tokens.sessionId, false],
    [phone.tokens.sessionId, false],
    [anna.tokens.sessionId, true],
  ]);
  await revokeSession(anna.api, phone.tokens.sessionId);
  await expect(listSessions(phone.api)).rejects.toEqual(refused("signed_out"));
  await revokeOtherSessions(anna.api);
  await expect(listSessions(tablet.api)).rejects.toEqual(refused("signed_out"));
  await expect.poll(() => tablet.account.record).not.toHaveProperty("refreshToken");
  expect(tablet.keys.bundle()).toEqual(anna.keys.bundle());
  expect(await listSessions(anna.api)).toHaveLength(1);
});

it("signing out ends the session and wipes the storage, also when the server is out of reach", async () => {
  const anna = await newAccount();
  const phone = await newDevice(server);
  const there = signedIn(phone, await signIn({ ...phone, login: anna.login, password: anna.password }));
  await signOut(there);
  expect(await listSessions(anna.api)).toHaveLength(1);
  await expect(openAccount((await restarted(phone)).store)).rejects.toEqual(refused("store_empty"));
  const offline = { ...anna, api: { call: () => Promise.reject(new TypeError("no network")) } };
  await signOut(offline);
  await expect(openAccount((await restarted(anna.device)).store)).rejects.toEqual(refused("store_empty"));
});

it("an account is deleted by who knows its password only, and then is gone", async () => {
  const anna = await newAccount();
  await expect(deleteAccount(anna, anna, "wrong one")).rejects.toEqual(refused("wrong_password"));
  await deleteAccount(anna, anna, anna.password);
  await expect(openAccount((await restarted(anna.device)).store)).rejects.toEqual(refused("store_empty"));
  const found = await server.sql`SELECT FROM user_keys WHERE user_id = ${anna.keys.userId}`;
  expect(found).toHaveLength(0);
});
