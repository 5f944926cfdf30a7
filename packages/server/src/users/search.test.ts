import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { foldName } from "./name-folding.ts";

interface Found {
  readonly id: number;
  readonly username: string;
  readonly nickname: string;
}

let server: TestServer;
let searcher: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  searcher = await TestClient.register(server, { username: "the-searcher", nickname: "Searching" });
});
afterAll(() => server.close());

async function search(q: string, limit?: number | string): Promise<Found[]> {
  const parameters = new URLSearchParams({ q, ...(limit === undefined ? {} : { limit: String(limit) }) });
  return (await searcher.get(`/users/search?${parameters}`, { expectStatus: 200 })).body;
}

/** Many people at once: hashing their passwords would take most of the test's time. */
async function addPeople(
  names: readonly (readonly [username: string, nickname: string])[],
): Promise<number[]> {
  const rows = names.map(([username, nickname]) => ({
    username,
    username_key: foldName(username),
    nickname,
    nickname_key: foldName(nickname),
  }));
  const added = await server.sql`INSERT INTO users ${server.sql(rows)} RETURNING id`;
  return added.map(({ id }) => id);
}

it("finds people by any part of their username or nickname, in any case", async () => {
  const person = await TestClient.register(server, { username: "Grace_Höpper", nickname: "Ámazing Жук" });
  const { id, username, nickname } = { id: person.id, username: "Grace_Höpper", nickname: "Ámazing Жук" };
  for (const q of ["grace", "GRACE_HÖ", "öPPER", " höp ", "ámaz", "ÁMAZING", "жук", "ЖУК", "ｇｒａｃｅ"]) {
    expect(await search(q)).toEqual([{ id, username, nickname, avatar: null }]);
  }
});

it("a Greek name is found by its first letters in capitals", async () => {
  const [id] = await addPeople([["οδυσσέας-1", "Θησέας και Σάσα"]]);
  for (const q of ["ΟΔΥΣ", "ΟΔΥΣΣΈΑΣ", "οδυσσέας", "θησέας", "ΘΗΣ"]) {
    expect((await search(q)).map((found) => found.id)).toEqual([id]);
  }
});

it("nothing finds nobody", async () => {
  for (const q of ["", "   ", "nobody is called that"]) expect(await search(q)).toEqual([]);
  expect((await searcher.get("/users/search", { expectStatus: 200 })).body).toEqual([]);
});

it("a number finds the person with that id first", async () => {
  const person = await TestClient.register(server);
  const [namesake] = await addPeople([[`n${person.id}`, "Somebody"]]);
  const found = await search(` ${person.id} `);
  expect(found[0]?.id).toBe(person.id);
  expect(found.map(({ id }) => id)).toContain(namesake);
  expect(await search("99999999999999999999")).toEqual([]);
});

it("never finds oneself, nor a login", async () => {
  for (const q of ["the-searcher", "Searching", String(searcher.id)]) {
    expect((await search(q)).map(({ id }) => id)).not.toContain(searcher.id);
  }
  const person = await TestClient.register(server, { login: "secret-way-in" });
  expect(await search("secret-way-in")).toEqual([]);
  expect(JSON.stringify(await search(person.identity.username))).not.toContain("secret-way-in");
});

it("never finds an account that is gone", async () => {
  const person = await TestClient.register(server, { username: "soon-gone" });
  expect((await search("soon-gone")).map(({ id }) => id)).toEqual([person.id]);
  await person.delete("/users/me", { expectStatus: 204 });
  for (const q of ["soon-gone", "Deleted account", String(person.id)]) {
    expect((await search(q)).map(({ id }) => id)).not.toContain(person.id);
  }
});

it("answers 15 people unless asked for 1 to 50", async () => {
  await addPeople(Array.from({ length: 60 }, (_, index) => [`crowd-${index}`, "One of many"] as const));
  const sizes = [
    [undefined, 15],
    ["", 15],
    [3, 3],
    [0, 1],
    [-5, 1],
    [50, 50],
    [5000, 50],
    ["99999999999999999999", 50],
  ] as const;
  for (const [limit, size] of sizes) expect(await search("crowd", limit)).toHaveLength(size);
  await searcher.get("/users/search?q=crowd&limit=many", { expectStatus: 400 });
  await searcher.get("/users/search?q=crowd&limit=1.5", { expectStatus: 400 });
});

it("shows who is called exactly that first, then whose name begins with it", async () => {
  await addPeople([
    ["a-fennec", "x"],
    ["fennec-2", "x"],
    ["fennec", "x"],
  ]);
  expect((await search("FENNEC")).map(({ username }) => username)).toEqual([
    "fennec",
    "fennec-2",
    "a-fennec",
  ]);
});

it("takes every character literally, whatever it means to a database", async () => {
  const awkward = fc.string({
    unit: fc.constantFrom("%", "_", "\\", "'", "*", "A", "a", "ß", "."),
    minLength: 1,
    maxLength: 4,
  });
  const names = fc.sample(fc.tuple(awkward, awkward), { numRuns: 60, seed: 7 });
  // In brackets, so that the names of the other tests are no part of this.
  const people = names.map(
    ([username, nickname], index) => [`【${username}】${index}`, `【${nickname}】`] as const,
  );
  await addPeople(people);
  await fc.assert(
    fc.asyncProperty(awkward, async (text) => {
      const q = `【${text}`;
      const matching = people.filter((name) => name.some((part) => foldName(part).includes(foldName(q))));
      const found = await search(q, 50);
      expect(found.map(({ username }) => username).sort()).toEqual(
        matching.map(([username]) => username).sort(),
      );
    }),
    { numRuns: 60 },
  );
});
