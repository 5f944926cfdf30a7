import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: TestServer;
let other: TestClient;

beforeAll(async () => {
  server = await startTestServer();
  other = await TestClient.register(server);
});
afterAll(() => server.close());

/** Someone with groups of their own. */
async function withGroups(count: number): Promise<{ person: TestClient; groups: number[] }> {
  const person = await TestClient.register(server);
  const groups: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const { body } = await person.post("/chats", {
      body: { kind: "group", title: `Group ${index}`, user_ids: [other.id] },
      expectStatus: 200,
    });
    groups.push(body.id);
  }
  return { person, groups };
}

async function favoritesOf(person: TestClient): Promise<number[]> {
  const { body } = await person.get("/chats", { expectStatus: 200 });
  return body.flatMap((chat: { id: number; is_favorite: boolean }) => (chat.is_favorite ? [chat.id] : []));
}

const add = (person: TestClient, chatId: number | undefined) => person.post(`/chats/${chatId}/favorite`);
const remove = (person: TestClient, chatId: number | undefined) => person.delete(`/chats/${chatId}/favorite`);

test("a favourite can be made and unmade, twice over, and is mine alone", async () => {
  const { person, groups } = await withGroups(1);
  for (const _ of "12") expect((await add(person, groups[0])).status).toBe(204);
  expect(await favoritesOf(person)).toEqual(groups);
  expect(await favoritesOf(other)).not.toContain(groups[0]);
  for (const _ of "12") expect((await remove(person, groups[0])).status).toBe(204);
  expect(await favoritesOf(person)).toEqual([]);
});

test("the sixth is refused, the first five can be repeated, and one that is given up makes room", async () => {
  const { person, groups } = await withGroups(6);
  for (const group of groups.slice(0, 5)) expect((await add(person, group)).status).toBe(204);
  const refused = await add(person, groups[5]);
  expect(refused).toMatchObject({ status: 400, body: { code: "too_many_favorites" } });
  expect((await add(person, groups[2])).status).toBe(204);
  await remove(person, groups[0]);
  expect((await add(person, groups[5])).status).toBe(204);
});

test("twelve at once never pass five", async () => {
  const { person, groups } = await withGroups(12);
  const answers = await Promise.all(groups.map((group) => add(person, group)));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(5);
  expect(await favoritesOf(person)).toHaveLength(5);
});

test("twelve at once on two servers with one database never pass five", async () => {
  const { person, groups } = await withGroups(12);
  await using second = await startTestServer({ database: server.config.database });
  const elsewhere = new TestClient(second, person.identity);
  elsewhere.token = person.token;
  const answers = await Promise.all(groups.map((group, index) => add(index % 2 ? person : elsewhere, group)));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(5);
  expect(await favoritesOf(person)).toHaveLength(5);
});

test("a chat that I leave is no favourite any more, not even when I come back", async () => {
  const { person, groups } = await withGroups(6);
  for (const group of groups.slice(0, 5)) await add(person, group);
  await person.post(`/chats/${groups[0]}/owner`, { body: { user_id: other.id }, expectStatus: 204 });
  await person.delete(`/chats/${groups[0]}`, { expectStatus: 204 });
  expect((await add(person, groups[5])).status).toBe(204);
  await other.post(`/chats/${groups[0]}/members`, { body: { user_id: person.id }, expectStatus: 204 });
  expect(await favoritesOf(person)).toHaveLength(5);
  expect((await add(person, groups[0])).body.code).toBe("too_many_favorites");
});
