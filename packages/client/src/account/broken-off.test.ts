import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Attack, type HostileServer, startHostileServer } from "../fixtures/hostile-server.ts";
import type { LocalStore } from "../store/local-store.ts";
import { openAccount } from "./account.ts";
import { changePassword } from "./change-password.ts";
import {
  newDevice,
  newNames,
  newPassword,
  restarted,
  signedIn,
  storedAccount,
  writtenTo,
} from "./fixtures/device.ts";
import { recover } from "./recover.ts";
import { unprovenRecovery } from "./recovery-proof.ts";
import { register } from "./register.ts";
import { rotateKeys } from "./rotate-keys.ts";
import { signIn } from "./sign-in.ts";

let server: TestServer;
let line: HostileServer;

beforeAll(async () => {
  server = await startTestServer();
  line = await startHostileServer(server);
});
beforeEach(async () => {
  line.attack = {};
  await server.sql`DELETE FROM throttles`;
});
afterAll(async () => {
  await line.close();
  await server.close();
});

/** The network goes away after the server has done this, before its answer arrives. */
function losesAnswerTo(method: string, path: string): Attack & { gone: boolean } {
  return {
    gone: false,
    request() {
      return this.gone ? "hang up" : undefined;
    },
    answer(_, request) {
      if (request.method !== method || request.path !== path) return undefined;
      this.gone = true;
      return "hang up";
    },
  };
}

/** A store of a program that dies before the account is written. */
function dying(store: LocalStore): LocalStore {
  return {
    get: (table, key) => store.get(table, key),
    getMany: (table, keys) => store.getMany(table, keys),
    range: (table, range) => store.range(table, range),
    keys: (table, range) => store.keys(table, range),
    getPiece: (file, piece) => store.getPiece(file, piece),
    close: () => store.close(),
    write: (collect, options) => {
      let account = false;
      const collectTwice: typeof collect = (changes) => {
        collect({
          put: (table, key, value) => {
            account ||= table === "account";
            changes.put(table, key, value);
          },
          remove: (table, key) => changes.remove(table, key),
          putPiece: (file, piece, octets) => changes.putPiece(file, piece, octets),
          removePiece: (file, piece) => changes.removePiece(file, piece),
        });
        if (account) throw new Error("the program was killed");
      };
      return store.write(collectTwice, options);
    },
  };
}

it("a registration whose answer is lost can be repeated, with the same words", async () => {
  const [names, password, device] = [newNames(), newPassword(), await newDevice(line)];
  line.attack = losesAnswerTo("POST", "/auth/register");
  await expect(register({ ...device, ...names, password })).rejects.toMatchObject({ code: "unreachable" });
  line.attack = {};
  const later = await restarted(device);
  const someoneElse = register({ ...later, ...names, password: newPassword() });
  await expect(someoneElse).rejects.toMatchObject({ code: "login_taken" });
  const { account } = await register({ ...later, ...names, password });
  const words = unprovenRecovery(account)?.words.join(" ") ?? "";
  const phone = await newDevice(server);
  await recover({ ...phone, login: names.login, words, newPassword: newPassword() });
  expect(await later.store.keys("setting")).toEqual([]);
});

it("a program killed between the server's answer and its own store still shows the words after a sign-in", async () => {
  const [names, password, device] = [newNames(), newPassword(), await newDevice(server)];
  const killed = register({ ...device, store: dying(device.store), ...names, password });
  await expect(killed).rejects.toThrow("the program was killed");
  const later = await restarted(device);
  await expect(openAccount(later.store)).rejects.toMatchObject({ code: "store_empty" });
  const { account } = await signIn({ ...later, ...names, password });
  expect(account.record.recoveryProven).toBe(false);
  const words = unprovenRecovery(account)?.words.join(" ") ?? "";
  const phone = await newDevice(server);
  await recover({ ...phone, login: names.login, words, newPassword: newPassword() });
});

it("a change of the password whose answer is lost is made once the network is back", async () => {
  const [names, password, next] = [newNames(), newPassword(), newPassword()];
  const device = await newDevice(line);
  const anna = signedIn(device, await register({ ...device, ...names, password }));
  const words = unprovenRecovery(anna.account)?.words.join(" ") ?? "";
  const change = { currentPassword: password, newPassword: next };
  line.attack = losesAnswerTo("PUT", "/users/me/password");
  await expect(changePassword(anna, change)).rejects.toMatchObject({ code: "unreachable" });
  line.attack = {};
  expect((await storedAccount(device)).nextMasterKey).toBeDefined();
  await expect(changePassword(anna, change)).rejects.toMatchObject({ code: "wrong_password" });
  // Only the new password's key opens what another device seals now.
  await rotateKeys(anna, { password: next, words });
  expect(await storedAccount(device)).toMatchObject({ keyVersion: 2 });
  expect(await storedAccount(device)).not.toHaveProperty("nextMasterKey");
  expect(await anna.keys.refresh()).toBe(false);
});

it("a change of the password and a rotation of which the answer alone is lost have happened", async () => {
  const [names, password, next] = [newNames(), newPassword(), newPassword()];
  const device = await newDevice(line);
  const anna = signedIn(device, await register({ ...device, ...names, password }));
  const words = unprovenRecovery(anna.account)?.words.join(" ") ?? "";
  line.attack = { answer: (_, { method }) => (method === "PUT" ? "hang up" : undefined) };
  await changePassword(anna, { currentPassword: password, newPassword: next });
  await rotateKeys(anna, { password: next, words });
  const [row] = await server.sql`SELECT public_key FROM user_keys WHERE user_id = ${anna.keys.userId}`;
  const late = await writtenTo(String(row?.public_key));
  expect(await late(anna.keys)).toBe(true);
  expect(await storedAccount(device)).toMatchObject({ keyVersion: 2 });
});

it("a password that the server refused to change is not reckoned with", async () => {
  const [names, password] = [newNames(), newPassword()];
  const device = await newDevice(line);
  const anna = signedIn(device, await register({ ...device, ...names, password }));
  const body = { error: "No.", code: "too_many_attempts" };
  line.attack = { request: ({ method }) => (method === "PUT" ? { status: 429, body } : undefined) };
  const change = changePassword(anna, { currentPassword: password, newPassword: newPassword() });
  await expect(change).rejects.toMatchObject({ code: "too_many_attempts" });
  expect(await storedAccount(device)).not.toHaveProperty("nextMasterKey");
  expect(await anna.keys.refresh()).toBe(false);
});
