import { startTestServer, TestClient, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { arrived, chatOf } from "../chats/fixtures/membership.ts";
import { pair, person } from "../messages/fixtures/conversation.ts";
import { fetchPicture, pictureForm, setPicture, trySetting } from "./fixtures/people.ts";
import { anyPicture, canvas, colourAt, GREEN, RED } from "./fixtures/pictures.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const MIB = 1024 * 1024;
const register = () => TestClient.register(server);
const avatarOf = async (client: TestClient) => (await client.get("/users/me")).body.avatar;

test("a new picture shows wherever its owner does, and everybody concerned is told once", async () => {
  const { alice, bob, chatId } = await pair(server);
  const stranger = await person(server);
  const picture = await anyPicture();
  const avatar = await setPicture(alice.client, picture);
  await setPicture(alice.client, picture);
  expect(avatar).toMatch(/^[0-9a-f]{64}\.webp$/);
  expect(await avatarOf(alice.client)).toBe(avatar);
  expect((await bob.client.get(`/users/search?q=${alice.id}`)).body[0]).toMatchObject({
    id: alice.id,
    avatar,
  });
  expect(await chatOf(bob, chatId)).toMatchObject({ peer_avatar: avatar });
  const { body: members } = await bob.client.get(`/chats/${chatId}/members`);
  expect(members).toContainEqual(expect.objectContaining({ user_id: alice.id, avatar }));
  expect((await alice.client.login()).user.avatar).toBe(avatar);
  for (const { socket } of [alice, bob]) {
    expect(await arrived(socket, "profile_updated", 1)).toMatchObject([{ user: { id: alice.id, avatar } }]);
  }
  expect(await arrived(stranger.socket, "profile_updated")).toEqual([]);
});

test("catching up brings the new picture of whoever shares a chat with me", async () => {
  const { alice, bob } = await pair(server);
  const { body: before } = await bob.client.post("/sync", { body: { chats: {} }, expectStatus: 200 });
  const avatar = await setPicture(alice.client, await anyPicture());
  const { body } = await bob.client.post("/sync", { body: { chats: {}, cursor: before.cursor } });
  expect(body.profiles).toContainEqual(expect.objectContaining({ id: alice.id, avatar }));
});

test("a picture can be set by PATCH and by POST, and the answer is the profile", async () => {
  const client = await register();
  for (const method of ["PATCH", "POST"]) {
    const form = pictureForm(await anyPicture());
    const { body } = await client.sendForm(method, "/users/avatar", form, { expectStatus: 200 });
    expect(body).toEqual((await client.get("/users/me")).body);
  }
});

test("a picture is removed by `true` or `1`, also if a new one or rubbish comes with it", async () => {
  const client = await register();
  for (const content of ["true", "1"]) {
    for (const with_ of [[], pictureForm(await anyPicture()), pictureForm(Buffer.from("rubbish"))]) {
      await setPicture(client, await anyPicture());
      const parts = [...with_, { name: "remove", content }];
      const { body } = await client.sendForm("PATCH", "/users/avatar", parts, { expectStatus: 200 });
      expect(body.avatar).toBeNull();
    }
  }
});

test("a form without either, with an empty choice, or with another wish changes nothing and tells nobody", async () => {
  const alice = await person(server);
  const avatar = await setPicture(alice.client, await anyPicture());
  const forms = [
    [],
    [{ name: "remove", content: "false" }],
    [{ name: "remove", content: "" }],
    [{ name: "anything", content: "else" }],
    [{ name: "avatar", content: "", filename: "", contentType: "application/octet-stream" }],
  ];
  for (const parts of forms) {
    const { body } = await alice.client.sendForm("POST", "/users/avatar", parts, { expectStatus: 200 });
    expect(body.avatar).toBe(avatar);
  }
  expect(await arrived(alice.socket, "profile_updated", 1)).toHaveLength(1);
});

test("removing a picture that is not there changes nothing and tells nobody", async () => {
  const alice = await person(server);
  const parts = [{ name: "remove", content: "1" }];
  const { body } = await alice.client.sendForm("PATCH", "/users/avatar", parts, { expectStatus: 200 });
  expect(body.avatar).toBeNull();
  expect(await arrived(alice.socket, "profile_updated")).toEqual([]);
});

test("a boundary that begins with dashes, and names of any kind, do not matter", async () => {
  const client = await register();
  for (const filename of [
    "a\u202Egnp.exe",
    "../../etc/passwd",
    "x".repeat(10_000),
    "голубь.png",
    "a;b.png",
  ]) {
    const parts = pictureForm(await anyPicture(), filename);
    await client.sendForm("PATCH", "/users/avatar", parts, { boundary: "--dashes-1234", expectStatus: 200 });
  }
});

test("a picture of exactly 5 MiB is taken, and one of an octet more is refused with an answer", async () => {
  const client = await register();
  const small = await canvas(20, 20, GREEN).jpeg().toBuffer();
  // Decoders stop at the end of the picture.
  const large = Buffer.concat([small, Buffer.alloc(5 * MIB - small.length)]);
  const avatar = await setPicture(client, large);
  expect(avatar).not.toBeNull();
  const refusal = await trySetting(client, Buffer.concat([large, Buffer.alloc(1)]));
  expect(refusal).toMatchObject({ status: 413, body: { code: "body_too_large" } });
  expect(await avatarOf(client)).toBe(avatar);
  expect(await trySetting(client, Buffer.alloc(20 * MIB))).toMatchObject({ status: 413 });
});

test("what is no form is 415, and a broken one 400", async () => {
  const client = await register();
  expect(await client.patch("/users/avatar", { body: { remove: "1" } })).toMatchObject({ status: 415 });
  expect(await client.patch("/users/avatar")).toMatchObject({ status: 415 });
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  expect(await client.patch("/users/avatar", { body: "--x\r\nnever ends", headers })).toMatchObject({
    status: 400,
  });
  const twice = [...pictureForm(await anyPicture()), ...pictureForm(await anyPicture())];
  expect(await client.sendForm("PATCH", "/users/avatar", twice)).toMatchObject({ status: 400 });
  expect(await avatarOf(client)).toBeNull();
});

test("the same picture of two people is one picture, and a new one has a new path", async () => {
  const [alice, bob] = [await register(), await register()];
  const picture = await canvas(30, 30, RED).png().toBuffer();
  const path = await setPicture(alice, picture);
  expect(await setPicture(bob, picture)).toBe(path);
  expect(await setPicture(bob, await canvas(30, 30, GREEN).png().toBuffer())).not.toBe(path);
  const [red] = await colourAt(await fetchPicture(bob, path), 0.5, 0.5);
  expect(red).toBeGreaterThan(240);
});
