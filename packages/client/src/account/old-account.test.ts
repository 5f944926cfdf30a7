import { keyEndpoints } from "@tacit/protocol";
import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answering, startHostileServer } from "../fixtures/hostile-server.ts";
import { openAccount } from "./account.ts";
import { answersTo, newDevice, newNames, newPassword, signedIn, writtenTo } from "./fixtures/device.ts";
import { signInOldAccount } from "./old-account.ts";
import { recover } from "./recover.ts";
import { unprovenRecovery } from "./recovery-proof.ts";
import { register } from "./register.ts";
import { signIn } from "./sign-in.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const refused = (code: string) => expect.objectContaining({ code });
const serverMayLearnPassword = true as const;

async function stateOf({ id }: TestClient) {
  return await server.sql`
    SELECT c.password_hash, c.recovery_hash, k.* FROM credentials c JOIN user_keys k USING (user_id) WHERE user_id = ${id}`;
}

it("an old account is upgraded at once: history stays readable, and its recovery words work", async () => {
  const old = await TestClient.register(server);
  const other = await old.onAnotherDevice();
  const { login, password, publicKey } = old.identity;
  const early = await writtenTo(publicKey);
  const device = await newDevice(server);
  const anna = signedIn(
    device,
    await signInOldAccount({ ...device, login, password, serverMayLearnPassword }),
  );
  expect(await early(anna.keys)).toBe(true);
  expect(anna.keys.keyVersion()).toBe(2);
  const published = await anna.api.call(keyEndpoints.getPublicKey, { params: { id: old.id } });
  expect(published).toMatchObject({ key_version: 2, signed_by: "user" });
  expect(published.public_key).not.toBe(publicKey);
  expect((await other.get("/users/me")).status).toBe(401);
  expect((await new TestClient(server).post("/auth/login", { body: { login, password } })).status).toBe(401);
  const proof = unprovenRecovery(anna.account);
  expect(proof && (await proof.confirm(answersTo(proof)))).toBe(true);

  await expect(signInOldAccount({ ...device, login, password, serverMayLearnPassword })).rejects.toEqual(
    refused("not_an_old_account"),
  );
  const [phone, words] = [await newDevice(server), proof?.words.join(" ") ?? ""];
  const back = signedIn(phone, await recover({ ...phone, login, words, newPassword: newPassword() }));
  expect(back.keys.bundle()).toEqual(anna.keys.bundle());
  expect(await early(back.keys)).toBe(true);
});

it("an upgrade can bring a password that the server does not know", async () => {
  const old = await TestClient.register(server, { password: "secret11" });
  const { login, password } = old.identity;
  const choice = { login, password, serverMayLearnPassword };
  await using hostile = await startHostileServer(server);
  const device = await newDevice(hostile);
  await expect(signInOldAccount({ ...device, ...choice })).rejects.toEqual(refused("weak_password"));
  expect(hostile.requests).toEqual([]);
  const fresh = newPassword();
  await signInOldAccount({ ...device, ...choice, newPassword: fresh });
  expect([hostile.wasTold(password), hostile.wasTold(fresh)]).toEqual([true, false]);
  const phone = await newDevice(server);
  await expect(signIn({ ...phone, login, password })).rejects.toEqual(refused("invalid_credentials"));
  expect((await signIn({ ...phone, login, password: fresh })).account.record.userId).toBe(old.id);
});

it("the ordinary sign-in refuses an old account and does not tell the server its password", async () => {
  const old = await TestClient.register(server);
  const { login, password } = old.identity;
  await using hostile = await startHostileServer(server);
  const device = await newDevice(hostile);
  await expect(signIn({ ...device, login, password })).rejects.toEqual(refused("invalid_credentials"));
  expect(hostile.wasTold(password)).toBe(false);
  expect(await stateOf(old)).toHaveLength(1);
});

it("an upgrade that is broken off before the server has made it leaves the old account as it was", async () => {
  const old = await TestClient.register(server);
  const { login, password } = old.identity;
  const before = await stateOf(old);
  await using hostile = await startHostileServer(server, {
    request: ({ method }) => (method === "PUT" ? "hang up" : undefined),
  });
  const device = await newDevice(hostile);
  const upgrade = () => signInOldAccount({ ...device, login, password, serverMayLearnPassword });
  await expect(upgrade()).rejects.toEqual(refused("unreachable"));
  expect(await stateOf(old)).toEqual(before);
  await expect(openAccount(device.store)).rejects.toEqual(refused("store_empty"));
  expect((await old.get("/users/me")).status).toBe(200);
  hostile.attack = {};
  expect((await upgrade()).account.record).toMatchObject({
    userId: old.id,
    keyVersion: 2,
    recoveryProven: false,
  });
});

it("an upgrade whose answer is lost is found out; broken off there, it goes on with the same words", async () => {
  const old = await TestClient.register(server);
  const { login, password } = old.identity;
  let offline = false;
  await using hostile = await startHostileServer(server, {
    request: () => (offline ? "hang up" : undefined),
    answer: (_, { method }) => {
      if (method !== "PUT") return undefined;
      offline = true;
      return "hang up";
    },
  });
  const device = await newDevice(hostile);
  const upgrade = () => signInOldAccount({ ...device, login, password, serverMayLearnPassword });
  await expect(upgrade()).rejects.toEqual(refused("unreachable"));
  offline = false;
  const told = hostile.requests.length;
  const { account } = await upgrade();
  expect(hostile.requests.slice(told).map(({ octets }) => Buffer.from(octets).toString())).not.toContainEqual(
    expect.stringContaining(password),
  );
  const words = unprovenRecovery(account)?.words.join(" ") ?? "";
  const phone = await newDevice(server);
  await recover({ ...phone, login, words, newPassword: newPassword() });
});

it.each<[string, (bundle: { pkebyrk: string }) => object]>([
  ["another sealed key", ({ pkebyrk }) => ({ pkebymk: pkebyrk })],
  ["another salt", () => ({ salt: "AAAAAAAAAAAAAAAAAAAAAA==" })],
  ["a salt that is none", () => ({ salt: "?" })],
])("an old account for which the server has %s is not upgraded", async (_, change) => {
  const old = await TestClient.register(server);
  const { login, password } = old.identity;
  const before = await stateOf(old);
  await using hostile = await startHostileServer(server, answering("/users/me/keys", change));
  const device = await newDevice(hostile);
  await expect(signInOldAccount({ ...device, login, password, serverMayLearnPassword })).rejects.toEqual(
    refused("damaged_keys"),
  );
  expect(await stateOf(old)).toEqual(before);
});

it("an account of today's kind is signed in to here too, and the server is not told its password", async () => {
  const device = await newDevice(server);
  const [names, password] = [newNames(), newPassword()];
  await register({ ...device, ...names, password });
  await using hostile = await startHostileServer(server);
  const phone = await newDevice(hostile);
  const { account } = await signInOldAccount({ ...phone, ...names, password, serverMayLearnPassword });
  expect(account.record.recoveryProven).toBe(true);
  expect(hostile.wasTold(password)).toBe(false);
});
