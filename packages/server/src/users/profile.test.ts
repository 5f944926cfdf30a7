import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it("the first account sees itself as the administrator, with its login and the day it joined", async () => {
  const first = await TestClient.register(server);
  const { login, username, nickname } = first.identity;
  const { body } = await first.get("/users/me", { expectStatus: 200 });
  expect(body).toMatchObject({
    id: first.id,
    login,
    username,
    nickname,
    avatar: null,
    key_version: 1,
    is_admin: true,
  });
  expect(Math.abs(Date.now() - Date.parse(body.created_at))).toBeLessThan(60_000);
  expect(body.created_at).toMatch(/Z$/);
  const second = await TestClient.register(server);
  expect((await second.get("/users/me")).body.is_admin).toBe(false);
});

it("a new username is what I and others see from then on", async () => {
  const alice = await TestClient.register(server);
  const reader = await TestClient.register(server);
  const username = `new-${alice.identity.username}`;
  const { body } = await alice.patch("/users/username", {
    body: { username: `  ${username} ` },
    expectStatus: 200,
  });
  expect(body).toEqual({ ...(await alice.get("/users/me")).body, username });
  const found = await reader.get(`/users/search?q=${username}`);
  expect(found.body).toMatchObject([{ id: alice.id, username }]);
});

it("a username that looks the same as another's is taken, in any case and width", async () => {
  const alice = await TestClient.register(server, { username: "Straße Ålesund" });
  const bob = await TestClient.register(server);
  for (const username of ["straße ålesund", "STRAßE ÅLESUND", "Ｓtraße Ålesund", "Straße A\u030alesund"]) {
    const answer = await bob.patch("/users/username", { body: { username }, expectStatus: 409 });
    expect(answer.body.code).toBe("username_taken");
  }
  expect((await bob.get("/users/me")).body.username).toBe(bob.identity.username);
  await alice.patch("/users/username", { body: { username: "STRAßE ålesund" }, expectStatus: 200 });
});

it("a username that was given up can be taken by somebody else", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  await alice.patch("/users/username", { body: { username: "moving-on" }, expectStatus: 200 });
  await bob.patch("/users/username", { body: { username: alice.identity.username }, expectStatus: 200 });
});

it("of two people who want a username at once, one gets it", async () => {
  const people = [await TestClient.register(server), await TestClient.register(server)];
  const answers = await Promise.all(
    people.map((person) => person.patch("/users/username", { body: { username: "wanted-by-both" } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

it("names have their limits, counted in characters", async () => {
  const alice = await TestClient.register(server);
  const refusedUsernames = ["", "   ", "a".repeat(65), "a\u0007b", "a\u0000b", "a\ud800b", 7, null];
  for (const username of refusedUsernames) {
    await alice.patch("/users/username", { body: { username }, expectStatus: 400 });
  }
  for (const nickname of ["", " ", "🦊".repeat(33), "a\nb", ["a"]]) {
    await alice.patch("/users/nickname", { body: { nickname }, expectStatus: 400 });
  }
  await alice.patch("/users/nickname", { body: { nickname: "🦊".repeat(32) }, expectStatus: 200 });
  const { body } = await alice.patch("/users/username", {
    body: { username: "🦊".repeat(64) },
    expectStatus: 200,
  });
  expect(body).toMatchObject({ username: "🦊".repeat(64), nickname: "🦊".repeat(32) });
});

it("someone who registers without a nickname is called by the first 32 characters of the username", async () => {
  const { login, password } = new TestClient(server).identity;
  const username = `${"🦊".repeat(31)} called so`;
  const keys = { pubk: "key", pkebymk: "sealed", pkebyrk: "sealed", salt: "salt" };
  const body = { login, password, username, nickname: null, ...keys };
  const answer = await new TestClient(server).post("/auth/register", { body, expectStatus: 200 });
  expect(answer.body).toMatchObject({ username, nickname: "🦊".repeat(31) });
});

it("two people may have the same nickname", async () => {
  const [alice, bob] = [await TestClient.register(server), await TestClient.register(server)];
  for (const person of [alice, bob]) {
    const { body } = await person.patch("/users/nickname", { body: { nickname: "Fox" }, expectStatus: 200 });
    expect(body.nickname).toBe("Fox");
  }
});

it("a new name reaches my own devices and whoever shares a chat with me, without the login", async () => {
  const [alice, bob, stranger] = [
    await TestClient.register(server),
    await TestClient.register(server),
    await TestClient.register(server),
  ];
  await alice.post("/chats", { body: { kind: "private", user_ids: [bob.id] }, expectStatus: 200 });
  await using mine = await alice.socket();
  await using theirs = await bob.socket();
  await using others = await stranger.socket();
  const { body } = await alice.patch("/users/nickname", {
    body: { nickname: "Night owl" },
    expectStatus: 200,
  });
  const { id, username, nickname, avatar } = body;
  const event = { type: "profile_updated", user: { id, username, nickname, avatar } };
  expect(await mine.next("profile_updated")).toEqual(event);
  expect(await theirs.next("profile_updated")).toEqual(event);
  await others.flushed();
  expect(others.frames.filter(({ type }) => type === "profile_updated")).toEqual([]);
});
