import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureForm, setPicture, tidied } from "./fixtures/people.ts";
import { anyPicture } from "./fixtures/pictures.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const register = () => TestClient.register(server);
const removing = [{ name: "remove", content: "1" }];
const takeOff = (client: TestClient) =>
  client.sendForm("PATCH", "/users/avatar", removing, { expectStatus: 200 });

async function statusOf(path: string): Promise<number> {
  await tidied(server);
  return (await new TestClient(server).get(`/avatars/${path}`)).status;
}

async function makeGroup(owner: TestClient): Promise<number> {
  const member = await register();
  const body = { kind: "group", title: "A group", user_ids: [member.id] };
  return (await owner.post("/chats", { body, expectStatus: 200 })).body.id;
}

async function setPictureOf(owner: TestClient, chatId: number, picture: Buffer): Promise<string> {
  await owner.sendForm("PATCH", `/chats/${chatId}/avatar`, pictureForm(picture), { expectStatus: 204 });
  const { body } = await owner.get("/chats");
  return body.find(({ id }: { id: number }) => id === chatId).avatar;
}

test("a picture that was replaced or taken off is gone", async () => {
  const alice = await register();
  const first = await setPicture(alice, await anyPicture());
  const second = await setPicture(alice, await anyPicture());
  expect([await statusOf(first), await statusOf(second)]).toEqual([404, 200]);
  await takeOff(alice);
  expect(await statusOf(second)).toBe(404);
});

test("a picture that somebody else or a chat uses stays until the last of them gives it up", async () => {
  const [alice, bob, owner] = [await register(), await register(), await register()];
  const chatId = await makeGroup(owner);
  const picture = await anyPicture();
  const path = await setPicture(alice, picture);
  await setPicture(bob, picture);
  expect(await setPictureOf(owner, chatId, picture)).toBe(path);
  await takeOff(alice);
  expect(await statusOf(path)).toBe(200);
  await setPicture(bob, await anyPicture());
  expect(await statusOf(path)).toBe(200);
  await owner.patch(`/chats/${chatId}`, { body: { avatar: null }, expectStatus: 204 });
  expect(await statusOf(path)).toBe(404);
});

test("a picture that was given up can be set again", async () => {
  const alice = await register();
  const picture = await anyPicture();
  const path = await setPicture(alice, picture);
  await takeOff(alice);
  await setPicture(alice, picture);
  expect(await statusOf(path)).toBe(200);
});

test("the picture of an account that is deleted is gone", async () => {
  const alice = await register();
  const path = await setPicture(alice, await anyPicture());
  await alice.delete("/users/me", { expectStatus: 204 });
  expect(await statusOf(path)).toBe(404);
});

test("the picture of a chat is gone with it, however it ended", async () => {
  for (const end of ["deleted for all", "left by the last", "its last member's account deleted"]) {
    const owner = await register();
    const body = { kind: "group", title: "A group", user_ids: [] };
    const chatId = (await owner.post("/chats", { body, expectStatus: 200 })).body.id;
    const path = await setPictureOf(owner, chatId, await anyPicture());
    expect(await statusOf(path)).toBe(200);
    if (end === "deleted for all") await owner.delete(`/chats/${chatId}?for_all=true`, { expectStatus: 204 });
    else if (end === "left by the last") await owner.delete(`/chats/${chatId}`, { expectStatus: 204 });
    else await owner.delete("/users/me", { expectStatus: 204 });
    expect(await statusOf(path), end).toBe(404);
  }
});

test("a picture that an earlier process did not get round to removing is removed at the next start", async () => {
  await server.sql`INSERT INTO avatars (path, image) VALUES ('left.webp', ''), ('used.webp', '')`;
  const alice = await register();
  await server.sql`UPDATE users SET avatar = 'used.webp' WHERE id = ${alice.id}`;
  await server.sql`INSERT INTO released_avatars (path) VALUES ('left.webp'), ('used.webp'), ('left.webp')`;
  await using again = await startTestServer({ database: server.config.database });
  await tidied(again);
  const left = await server.sql`SELECT path FROM avatars WHERE path IN ('left.webp', 'used.webp')`;
  expect(left).toEqual([{ path: "used.webp" }]);
});
