import { endpoints, LIMITS } from "@tacit/protocol";
import { startTestServer, startUnreliableNetwork, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyVault, openVault, sealVault, type VaultContents } from "../crypto/index.ts";
import { toBase64 } from "../crypto/primitives/octets.ts";
import { newPerson, type Person } from "../fixtures/person.ts";
import { newDevice } from "../messages/fixtures/device.ts";
import { createApi } from "../transport/api.ts";
import { createHttp } from "../transport/http.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Somebody with two devices, and a contact whom the first has seen. */
async function scene() {
  const [alice, bob] = [await newPerson(server), await newPerson(server)];
  const first = await newDevice(alice);
  await first.trust.senders([bob.id]);
  return { alice, bob, first };
}

async function stored({ client, bundle }: Person) {
  const { body, headers } = await client.get("/users/me/vault", { expectStatus: 200 });
  return { sealed: new Uint8Array(body), contents: openVault(bundle.backup, body), etag: headers.etag ?? "" };
}

async function store({ client, bundle }: Person, vault: VaultContents | Uint8Array, etag?: string) {
  await client.put("/users/me/vault", {
    body: vault instanceof Uint8Array ? vault : sealVault(bundle.backup, vault),
    headers: { "content-type": "application/octet-stream", ...(etag && { "if-match": etag }) },
    expectStatus: 204,
  });
}

it("a second device knows the pins and the verified contacts of the first", async () => {
  const { alice, bob, first } = await scene();
  await first.trust.setVerified(bob.id, true);
  await first.trust.syncVault();
  const second = await newDevice(alice);
  await second.trust.syncVault();
  expect(second.told).toContainEqual({ kind: "trust", userIds: [bob.id] });
  expect(await second.trust.contact(bob.id)).toEqual(await first.trust.contact(bob.id));
  expect((await second.trust.contact(bob.id)).verifiedAt).toBeTruthy();
  expect(await second.trust.safetyNumber(bob.id)).toBe(await first.trust.safetyNumber(bob.id));
});

it("a contact who is no longer verified on one device is so on the other, too", async () => {
  const { alice, bob, first } = await scene();
  const second = await newDevice(alice);
  await first.trust.setVerified(bob.id, true);
  for (const { trust } of [first, second]) await trust.syncVault();
  await second.trust.setVerified(bob.id, false);
  for (const { trust } of [second, first]) await trust.syncVault();
  expect((await first.trust.contact(bob.id)).verifiedAt).toBeUndefined();
  await first.trust.setVerified(bob.id, true);
  for (const { trust } of [first, second]) await trust.syncVault();
  expect((await second.trust.contact(bob.id)).verifiedAt).toBeTruthy();
});

it("a key that the server presents to a new device is held against what the old one has seen", async () => {
  const { alice, bob, first } = await scene();
  await first.trust.syncVault();
  const second = await newDevice(alice);
  const other = await newPerson(server);
  const key = await second.person.client.get(`/users/${other.id}/public-key`, { expectStatus: 200 });
  const judged = await second.trust.judge([{ ...key.body, user_id: bob.id }]);
  expect(judged).toMatchObject({ recipients: [], changed: [bob.id], unusable: [] });
});

it("an older key than another device has seen is not used", async () => {
  const { alice, bob, first } = await scene();
  const [pin] = await first.store.getMany("pin", [[bob.id]]);
  if (!pin) throw new Error("nobody was pinned");
  await first.store.write(({ put }) => put("pin", [bob.id], { ...pin, keyVersion: 5 }));
  await first.trust.syncVault();
  const second = await newDevice(alice);
  await second.trust.senders([bob.id]);
  const { body } = await alice.client.get(`/users/${bob.id}/public-key`, { expectStatus: 200 });
  expect(await second.trust.judge([body])).toMatchObject({ recipients: [], unusable: [bob.id] });
});

it("another device's newer knowledge counts for a device that has pinned the same identity before", async () => {
  const { alice, bob, first } = await scene();
  const second = await newDevice(alice);
  await second.trust.senders([bob.id]);
  const [pin] = await first.store.getMany("pin", [[bob.id]]);
  if (!pin) throw new Error("nobody was pinned");
  await first.store.write(({ put }) => put("pin", [bob.id], { ...pin, keyVersion: 5 }));
  for (const { trust } of [first, second]) await trust.syncVault();
  const { body } = await alice.client.get(`/users/${bob.id}/public-key`, { expectStatus: 200 });
  expect(await second.trust.judge([body])).toMatchObject({ recipients: [], unusable: [bob.id] });
});

it("two devices that write at once lose nothing of each other", async () => {
  const { alice, bob, first } = await scene();
  const second = await newDevice(alice);
  const carol = await newPerson(server);
  await second.trust.senders([carol.id]);
  await Promise.all([first, second].map(({ trust }) => trust.syncVault()));
  const { contents } = await stored(alice);
  expect(Object.keys(contents.pins).sort()).toEqual([bob.id, carol.id].map(String).sort());
});

it("what later releases have put into the vault is kept", async () => {
  const { alice, bob, first } = await scene();
  const known = { identity_key: toBase64(new Uint8Array(32).fill(7)), key_version: 3, colour: "green" };
  const settings = { theme: "dark" };
  await store(alice, { ...emptyVault(), pins: { 4711: known }, settings, later: [1, { deep: true }] });
  await first.trust.syncVault();
  const { contents } = await stored(alice);
  expect(contents).toMatchObject({ settings, later: [1, { deep: true }], pins: { 4711: known } });
  expect(Object.keys(contents.pins)).toContain(String(bob.id));
});

it("nothing is sent when nothing is new", async () => {
  const { alice, first } = await scene();
  await first.trust.syncVault();
  const { etag } = await stored(alice);
  const second = await newDevice(alice);
  await second.trust.syncVault();
  await first.trust.syncVault();
  expect((await stored(alice)).etag).toBe(etag);
});

it("an old vault that a server brings back takes nothing away from a device, and is brought up to date", async () => {
  const { alice, bob, first } = await scene();
  await store(alice, emptyVault());
  const old = await stored(alice);
  await first.trust.setVerified(bob.id, true);
  await first.trust.syncVault();
  const { etag } = await stored(alice);
  await store(alice, old.sealed, etag);
  await first.trust.syncVault();
  expect((await first.trust.contact(bob.id)).verifiedAt).toBeTruthy();
  expect(Object.keys((await stored(alice)).contents.verified)).toEqual([String(bob.id)]);
});

it("another identity in the vault does not take the place of one that this device has pinned", async () => {
  const { alice, bob, first } = await scene();
  const before = await first.trust.safetyNumber(bob.id);
  const identity_key = toBase64(new Uint8Array(32).fill(9));
  const vault = {
    ...emptyVault(),
    pins: { [bob.id]: { identity_key, key_version: 8 } },
    verified: { [bob.id]: { identity_key, verified_at: new Date().toISOString() } },
  };
  await store(alice, vault);
  await first.trust.syncVault();
  expect(await first.trust.safetyNumber(bob.id)).toBe(before);
  expect((await first.trust.contact(bob.id)).verifiedAt).toBeUndefined();
});

it("a vault that does not open is replaced by what this device knows; one of a later release is left alone", async () => {
  const { alice, bob, first } = await scene();
  await store(alice, crypto.getRandomValues(new Uint8Array(300)));
  await first.trust.syncVault();
  const { contents, etag } = await stored(alice);
  expect(Object.keys(contents.pins)).toEqual([String(bob.id)]);
  const later = await laterVault(alice);
  await store(alice, later, etag);
  await first.trust.syncVault();
  const { body } = await alice.client.get("/users/me/vault");
  expect(new Uint8Array(body)).toEqual(later);
});

async function laterVault({ bundle }: Person): Promise<Uint8Array> {
  const { hkdfSha256 } = await import("../crypto/primitives/kdf.ts");
  const { sealOctets } = await import("../crypto/sealed.ts");
  const key = hkdfSha256(bundle.backup, "tacit/v2/vault", 32);
  return sealOctets(key, new TextEncoder().encode(JSON.stringify({ ...emptyVault(), v: 2 })));
}

it("what has no room is told, and verified contacts come first", async () => {
  const { alice, bob, first } = await scene();
  const pins = Object.fromEntries(
    Array.from({ length: 2400 }, (_, at) => [
      1_000_000 + at,
      { identity_key: toBase64(new Uint8Array(32).fill(at)), key_version: 1 },
    ]),
  );
  const contents = { ...emptyVault(), pins };
  expect(sealVault(alice.bundle.backup, contents).length).toBeLessThan(LIMITS.vaultBytes);
  const filler = "x".repeat(LIMITS.vaultBytes - sealVault(alice.bundle.backup, contents).length - 40);
  await store(alice, { ...contents, filler });
  expect(await first.trust.syncVault()).toEqual({ omitted: 1 });
  const { etag } = await stored(alice);
  expect(await first.trust.syncVault()).toEqual({ omitted: 1 });
  expect((await stored(alice)).etag).toBe(etag);
  await first.trust.setVerified(bob.id, true);
  const { omitted } = await first.trust.syncVault();
  const after = (await stored(alice)).contents;
  expect(after.verified).toHaveProperty(String(bob.id));
  expect(after.pins).toHaveProperty(String(bob.id));
  expect(omitted).toBe(2401 - Object.keys(after.pins).length);
});

it("the vault follows by itself after something was pinned", async () => {
  const [alice, bob] = [await newPerson(server), await newPerson(server)];
  const device = await newDevice(alice, { vaultDelay: 10 });
  const pushed = device.vaultPushed();
  await device.trust.senders([bob.id]);
  await pushed;
  expect(Object.keys((await stored(alice)).contents.pins)).toEqual([String(bob.id)]);
  device.trust.close();
});

it("a vault that breaks off on its way is asked for again, and nobody takes that for more than a bad network", async () => {
  const alice = await newPerson(server);
  await store(alice, new Uint8Array(100_000));
  const port = Number(new URL(server.url).port);
  await using network = await startUnreliableNetwork(() => ({ port }), "vault");
  const http = createHttp({ server: `http://${network.host}:${network.port}` });
  const api = createApi({ http, session: alice.session });
  await api.call(endpoints.users.getMe, {});
  network.cutAfter(50_000, "down");
  const { trust } = await newDevice({ ...alice, api });
  await expect(trust.syncVault()).rejects.toMatchObject({ name: "TacitError", code: "unreachable" });
  await trust.syncVault();
});
