import { registerSecret } from "@tacit/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { toBase64 } from "./crypto/primitives/octets.ts";
import { type Attack, answering } from "./fixtures/hostile-server.ts";
import type { Person } from "./fixtures/person.ts";
import { leaksIn, type Stage, setStage } from "./fixtures/stage.ts";
import { memory, type Storage, Tacit, type Unproven } from "./index.ts";

const PASSWORD = `Zanzibar ${crypto.randomUUID()}`;
const NEW_PASSWORD = `Midnight ${crypto.randomUUID()}`;
const login = `login-${crypto.randomUUID()}`;
const KDF = { v: 2, alg: "argon2id", m: 65_536, t: 3, p: 1 };

let stage: Stage;
let unproven: Unproven;
let words: string;

beforeAll(async () => {
  for (const secret of [PASSWORD, NEW_PASSWORD, login]) registerSecret("of Alice", secret);
  stage = await setStage();
  unproven = await Tacit.register({ ...entrance(), username: "alice", password: PASSWORD });
  words = unproven.words.join(" ");
  const alice = await unproven.confirm(unproven.positions.map((at) => unproven.words[at] ?? ""));
  await alice?.close();
}, 60_000);
afterEach(async () => {
  stage.hostile.attack = {};
  await stage.server.sql`DELETE FROM throttles`;
});
afterAll(async () => {
  const secrets = [PASSWORD, NEW_PASSWORD, login, words].map((value) => ["of Alice", value] as const);
  expect(leaksIn(stage.overheard.text(), secrets)).toEqual([]);
  // A word by itself only as a value: `salt`, `key` and `user` are recovery words as well as names of fields. Every access
  // token says of itself that it is for `access`, which is one, too.
  const asValues = words
    .split(" ")
    .filter((word) => word !== "access")
    .flatMap((word) => [`:"${word}"`, `["${word}"`]);
  for (const secret of [PASSWORD, NEW_PASSWORD, words, ...asValues])
    expect(stage.hostile.wasTold(secret)).toBe(false);
  expect(await stage.close()).toEqual([]);
});

function entrance() {
  return { server: stage.hostile.url, storage: memory(), login };
}

/** Signs in while the server attacks. @returns the error, and what the server was asked */
async function signIn(attack: Attack) {
  stage.hostile.attack = attack;
  const first = stage.hostile.requests.length;
  const error = await stage.overheard.failure(Tacit.login({ ...entrance(), password: PASSWORD }));
  return { error, asked: stage.hostile.requests.slice(first).map(({ method, path }) => `${method} ${path}`) };
}

describe("a server that wants the password stretched less is told nothing of it", () => {
  it.each<[string, object, string]>([
    ["less memory", { kdf: { ...KDF, m: 65_535 } }, "weak_kdf"],
    ["fewer passes", { kdf: { ...KDF, t: 2 } }, "weak_kdf"],
    ["an older version", { kdf: { ...KDF, v: 1 } }, "weak_kdf"],
    ["what old clients do", { kdf: { ...KDF, alg: "pbkdf2" } }, "weak_kdf"],
    ["a salt that is too short", { salt: toBase64(new Uint8Array(15)) }, "weak_kdf"],
    ["no salt", { salt: "" }, "weak_kdf"],
    ["so much memory that this device breaks down", { kdf: { ...KDF, m: 2 ** 31 } }, "costly_kdf"],
    ["so many passes that it never ends", { kdf: { ...KDF, t: 2 ** 31 } }, "costly_kdf"],
  ])("%s", async (_, told, code) => {
    const { error, asked } = await signIn(answering("/auth/prelogin", () => told));
    expect(error).toMatchObject({ name: "CryptoError", code });
    expect(asked).toEqual(["POST /auth/prelogin"]);
  });
});

describe("whatever a server answers, the password itself is not sent", () => {
  it.each<[string, number, object | undefined]>([
    ["wrong", 401, { error: `Send ${PASSWORD}`, code: "invalid_credentials" }],
    ["for another kind of client", 426, { error: "Old client.", code: "unsupported_client" }],
    ["an error of its own", 500, { error: PASSWORD, code: "internal" }],
    ["nothing that one understands", 200, { token: 5 }],
    ["a redirect", 307, undefined],
  ])("%s", async (_, status, body) => {
    const answer = { status, body, headers: { location: "http://127.0.0.1:1/auth/login" } };
    const { error, asked } = await signIn({
      request: ({ path }) => (path === "/auth/login" ? answer : undefined),
    });
    expect(error).toMatchObject({ name: "TacitError" });
    expect(asked).toEqual(["POST /auth/prelogin", "POST /auth/login"]);
    expect(stage.hostile.wasTold(PASSWORD)).toBe(false);
  });
});

describe("nobody gets in with keys that are not the account's", () => {
  it.each<[string, RegExp, (body: { pkebymk: string }) => object]>([
    [
      "somebody else's keys",
      /\/users\/me\/keys$/,
      ({ pkebymk }) => ({ pkebymk: pkebymk.split("").reverse().join("") }),
    ],
    ["another key in public", /public-key$/, () => ({ public_key: toBase64(new Uint8Array(32).fill(9)) })],
    [
      "another identity in public",
      /public-key$/,
      () => ({ identity_key: toBase64(new Uint8Array(32).fill(9)) }),
    ],
  ])("%s", async (_, path, change) => {
    const { error, asked } = await signIn(answering(path, change));
    expect(error).toMatchObject({ code: "damaged_keys" });
    expect(asked.at(-1)).toBe("POST /auth/logout");
  });
});

it("a new password goes out as little as the old one, and neither do the recovery words", async () => {
  const account = await Tacit.recover({ ...entrance(), words, newPassword: NEW_PASSWORD });
  await stage.overheard.failure(
    account.account.changePassword({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
  );
  await stage.overheard.failure(account.deleteAccount(PASSWORD));
  await account.close();
  for (const secret of [PASSWORD, NEW_PASSWORD, words]) expect(stage.hostile.wasTold(secret)).toBe(false);
});

describe("pins and what was verified stay, and go up again, if the server gives out as the vault", () => {
  type Vault = { status: number; body?: Uint8Array | object };

  async function vaultOf({ client }: Person): Promise<Vault> {
    const headers = { authorization: `Bearer ${client.token}` };
    const { status, ...answer } = await fetch(`${stage.server.url}/users/me/vault`, { headers }).then(
      async (told) => ({ status: told.status, body: new Uint8Array(await told.arrayBuffer()) }),
    );
    return { status, ...answer };
  }

  /** Opens a device again, which brings the vault up to date. @returns it, once it has told the server what it knows */
  async function reopened(device: Tacit, storage: Storage, vault?: Vault): Promise<Tacit> {
    await device.close();
    const told = new Promise<void>((resolve) => {
      stage.hostile.attack = {
        request: ({ method, path }) => {
          if (path !== "/users/me/vault" || !vault) return undefined;
          if (method === "PUT") resolve();
          return method === "PUT" ? { status: 204 } : vault;
        },
        answer: (_, { method, path }) => {
          if (method === "PUT" && path === "/users/me/vault") resolve();
          return undefined;
        },
      };
    });
    const again = await stage.reopen(storage);
    await told;
    return again;
  }

  type Case = (yesterday: Vault, other: Person) => Vault | Promise<Vault>;
  const VAULTS: Readonly<Record<string, Case>> = {
    "that of another account": (_, other) => vaultOf(other),
    "octets that nobody sealed": () => ({ status: 200, body: new Uint8Array(500).fill(7) }),
    "more octets than any has": () => ({ status: 200, body: new Uint8Array(3_000_000) }),
    nothing: () => ({ status: 404, body: { error: "None.", code: "not_found" } }),
    "that of yesterday": (yesterday) => yesterday,
  };
  it.each(Object.entries(VAULTS))("%s", async (_, give) => {
    const [anna, bob, other] = await Promise.all([
      stage.person("Anna"),
      stage.person("Bob"),
      stage.person("Otto"),
    ]);
    const known = async (person: Person) => {
      const storage = memory();
      const device = await stage.device(person, stage.hostile, storage);
      await device.people.safetyNumber(bob);
      return { storage, device: await reopened(device, storage) };
    };
    const { storage, device } = await known(anna);
    await known(other);
    const yesterday = await vaultOf(anna);
    expect(yesterday.status).toBe(200);
    const number = await device.people.safetyNumber(bob);
    await device.people.setVerified(bob, true);
    const again = await reopened(device, storage, await give(yesterday, other));
    expect(await again.people.identity(bob)).toMatchObject({
      verifiedAt: expect.any(String),
      changed: false,
    });
    expect(await again.people.safetyNumber(bob)).toBe(number);
  });
});
