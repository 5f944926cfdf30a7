import { expect, it } from "vitest";
import { CURRENT_KDF, newSalt, prepareKdf, stretchPassword } from "./password.ts";
import { fromBase64, toBase64 } from "./primitives/octets.ts";

const SALT = "paIr6UX8DJIi18DFlBB7fw==";

it.each([
  { why: "less memory", kdf: { ...CURRENT_KDF, m: 65_535 } },
  { why: "fewer passes", kdf: { ...CURRENT_KDF, t: 2 } },
  { why: "no lane", kdf: { ...CURRENT_KDF, p: 0 } },
  { why: "memory that is no integer", kdf: { ...CURRENT_KDF, m: 65_536.5 } },
  { why: "memory that is no number", kdf: { ...CURRENT_KDF, m: Number.NaN } },
])("a server that asks for $why does not get a password's hash", async ({ kdf }) => {
  expect(() => prepareKdf(SALT, kdf)).toThrow(expect.objectContaining({ code: "weak_kdf" }));
  const stretched = stretchPassword({ login: "alice", password: "secret", salt: SALT, kdf });
  await expect(stretched).rejects.toMatchObject({ code: "weak_kdf" });
});

it.each([
  { why: "another algorithm", kdf: { ...CURRENT_KDF, alg: "argon2i" } },
  { why: "an older scheme", kdf: { ...CURRENT_KDF, v: 1 } },
  { why: "memory as text", kdf: { ...CURRENT_KDF, m: "65536" } },
  { why: "nothing", kdf: {} },
])("a server that asks for $why does not get a password's hash", ({ kdf }) => {
  // As it comes from the network: its type is a promise of the server's.
  const received = JSON.parse(JSON.stringify(kdf));
  expect(() => prepareKdf(SALT, received)).toThrow(expect.objectContaining({ code: "weak_kdf" }));
});

it.each([
  { why: "memory", kdf: { ...CURRENT_KDF, m: 262_145 } },
  { why: "passes", kdf: { ...CURRENT_KDF, t: 17 } },
  { why: "lanes", kdf: { ...CURRENT_KDF, p: 5 } },
])("a server cannot exhaust a client by asking for too much: $why", ({ kdf }) => {
  expect(() => prepareKdf(SALT, kdf)).toThrow(expect.objectContaining({ code: "costly_kdf" }));
});

it("a short salt is refused, and so are a huge one and one that is no base64", () => {
  const salted = (length: number) => () => prepareKdf(toBase64(new Uint8Array(length)), CURRENT_KDF);
  expect(salted(15)).toThrow(expect.objectContaining({ code: "weak_kdf" }));
  expect(salted(16)).not.toThrow();
  expect(salted(65)).toThrow(expect.objectContaining({ code: "costly_kdf" }));
  expect(() => prepareKdf("paIr6UX8DJIi18DFlBB7fw", CURRENT_KDF)).toThrow(
    expect.objectContaining({ code: "malformed" }),
  );
});

it("a new salt is good enough for oneself, and another one each time", () => {
  const salts = Array.from({ length: 50 }, newSalt);
  expect(new Set(salts).size).toBe(salts.length);
  expect(salts.map((salt) => fromBase64(salt).length)).toEqual(salts.map(() => 16));
  expect(() => salts.map((salt) => prepareKdf(salt, CURRENT_KDF))).not.toThrow();
});

it("a password opens the same account however its letters and the login's were typed, and no other", async () => {
  const split = (login: string, password: string) =>
    stretchPassword({ login, password, salt: SALT, kdf: CURRENT_KDF });
  const composed = await split("J\u00fcrgen", "\ufb01ne \u00e9");
  expect(await split(" JU\u0308RGEN ", "fine e\u0301")).toEqual(composed);
  const other = await split("juergen", "fine \u00e9");
  expect(other.auth).not.toBe(composed.auth);
  expect(other.masterKey).not.toEqual(composed.masterKey);
  expect(composed.auth).toMatch(/^tacit2\.[\w-]{43}$/);
});

it("an empty login and text that is no Unicode are refused, not quietly replaced", async () => {
  const account = { login: "alice", password: "secret", salt: SALT, kdf: CURRENT_KDF };
  for (const broken of [{ login: " \u00a0 " }, { password: "\ud800" }, { login: "\udc00" }])
    await expect(stretchPassword({ ...account, ...broken })).rejects.toMatchObject({ code: "malformed" });
});
