import { generateKeyPairSync, sign } from "node:crypto";
import type { ServerEventOf } from "@tacit/protocol";
import {
  encodeForm,
  formHeaders,
  generateKeyPair,
  type RequestOptions,
  registration,
  SocketRefused,
  startTestServer,
  TestClient,
  type TestServer,
  type TestSocket,
} from "@tacit/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { accessTokens } from "./auth/sessions/access-token.ts";

/**
 * Who may do what: every route and every event, for everyone. Those whose token has expired or whose session is
 * revoked would be allowed everything otherwise: they are administrators, and members of the chat.
 */
const EVERYONE = [
  "anonymous",
  "expired",
  "revoked",
  "stranger",
  "member",
  "admin",
  "owner",
  "administrator",
] as const;
type Who = (typeof EVERYONE)[number];
type Outcomes = Readonly<Record<Who, string>>;

const NO_SESSION = {
  anonymous: "401 unauthorized",
  expired: "401 unauthorized",
  revoked: "401 unauthorized",
};

function everyone(outcome: string): Outcomes {
  return Object.fromEntries(EVERYONE.map((who) => [who, outcome])) as Outcomes;
}

function signedIn(outcome: string): Outcomes {
  return { ...everyone(outcome), ...NO_SESSION };
}

function administrators(outcome: string): Outcomes {
  return { ...signedIn("403 administrators_only"), administrator: outcome };
}

/** An administrator of the server is a stranger to its chats. */
function members(outcome: string, others: string): Outcomes {
  return { ...signedIn(outcome), stranger: others, administrator: others };
}

/** What owner and admins of a chat may do. */
function managers(outcome: string, others: string): Outcomes {
  return { ...members(outcome, others), member: "403 forbidden" };
}

/** What only the owner of a chat may do: to strangers the chat does not exist. */
function owners(outcome: string): Outcomes {
  return { ...managers(outcome, "404 unknown_chat"), admin: "403 forbidden" };
}

interface World {
  readonly server: TestServer;
  readonly clients: Readonly<Record<Who, TestClient>>;
  /** Whom nobody but `member` shares a chat with. */
  readonly bystander: TestClient;
  /** Of `member`, `admin` and `owner`. */
  readonly group: number;
  /** As `group`, for rows that end something. */
  readonly groupToLeave: number;
  readonly groupToEnd: number;
  /** Of `member` and `bystander`. */
  readonly privateChat: number;
  /** Messages: of the owner and of `member` in the group, and of `bystander` in the private chat. */
  readonly ofOwner: number;
  readonly ofMember: number;
  readonly ofBystander: number;
  /** Files that the owner has uploaded to the group, and `bystander` to the private chat. */
  readonly fileInGroup: number;
  readonly fileInPrivateChat: number;
}

let world: World;

beforeAll(async () => {
  const server = await startTestServer();
  const administrator = await TestClient.register(server);
  const [insider, stranger, member, admin, owner, bystander] = await Promise.all(
    Array.from({ length: 6 }, () => TestClient.register(server)),
  );
  if (!insider || !stranger || !member || !admin || !owner || !bystander) throw new Error("unreachable");
  await administrator.patch(`/admin/users/${insider.id}`, { body: { is_admin: true }, expectStatus: 200 });
  const makeGroupOfAll = () => makeGroup({ owner, admin, member, insider });
  const [group, groupToLeave, groupToEnd] = [
    await makeGroupOfAll(),
    await makeGroupOfAll(),
    await makeGroupOfAll(),
  ];
  const { body } = await member.post("/chats", { body: { kind: "private", user_ids: [bystander.id] } });
  const anonymous = new TestClient(server);
  const [expired, revoked] = [await withExpiredToken(server, insider), await withRevokedSession(insider)];
  const clients = { anonymous, expired, revoked, stranger, member, admin, owner, administrator };
  const ofOwner = await write(owner, group);
  const ofMember = await write(member, group);
  const ofBystander = await write(bystander, body.id);
  const files = {
    fileInGroup: (await owner.upload(group, "a file for the group")).file_id,
    fileInPrivateChat: (await bystander.upload(body.id, "a file for the other one")).file_id,
  };
  const chats = { group, groupToLeave, groupToEnd, privateChat: body.id };
  world = { server, clients, bystander, ...chats, ...files, ofOwner, ofMember, ofBystander };
});

async function write(client: TestClient, chat_id: number): Promise<number> {
  await using socket = await client.socket();
  const answer = await socket.ask({ type: "send_message", chat_id, message: "a first message" });
  if (answer.type === "ok" && answer.message_id !== undefined) return answer.message_id;
  throw new Error("the message was refused");
}

afterAll(() => world.server.close());

async function makeGroup({
  owner,
  admin,
  member,
  insider,
}: Record<"owner" | "admin" | "member" | "insider", TestClient>): Promise<number> {
  const user_ids = [admin.id, member.id, insider.id];
  const { body } = await owner.post("/chats", { body: { kind: "group", title: "A group", user_ids } });
  await owner.patch(`/chats/${body.id}/members/${admin.id}`, { body: { role: "admin" }, expectStatus: 204 });
  return body.id;
}

/** Really issued, a while ago, for a session that is alive. */
async function withExpiredToken({ sql }: TestServer, insider: TestClient): Promise<TestClient> {
  const [secret] = await sql<
    { value: Buffer }[]
  >`SELECT value FROM instance_secrets WHERE name = 'access_token'`;
  if (!secret || !insider.sessionId) throw new Error("there is no key or no session");
  const { login, username, nickname } = insider.identity;
  const claims = { userId: insider.id, sessionId: insider.sessionId, login, username, nickname };
  const client = new TestClient(insider, insider.identity);
  client.token = accessTokens(secret.value).issue(claims);
  await client.get("/users/me", { expectStatus: 200 });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 15 * 60_000 - 1_000 });
  client.token = accessTokens(secret.value).issue(claims);
  vi.useRealTimers();
  return client;
}

async function withRevokedSession(insider: TestClient): Promise<TestClient> {
  const device = await insider.onAnotherDevice();
  await device.post("/auth/logout", { expectStatus: 204 });
  return device;
}

interface RouteRow extends Omit<RequestOptions, "body"> {
  readonly route: string;
  /** Tells rows of the same route apart. */
  readonly about?: string;
  /** Values of the path's parameters. */
  readonly params?: (world: World) => Readonly<Record<string, string | number>>;
  readonly body?: (world: World, who: TestClient) => unknown;
  readonly query?: string;
  /** The request ends the session or the account that makes it. */
  readonly as?: "another device" | "another person";
  readonly outcomes: Outcomes;
}

const NOBODY = 9_007_199_254_740_000;
const NO_UUID = "00000000-0000-4000-8000-000000000000";
const toBystander = ({ bystander }: World) => ({ id: bystander.id });
const toGroup = ({ group }: World) => ({ id: group });
const toPrivateChat = ({ privateChat }: World) => ({ id: privateChat });
const toNoChat = () => ({ id: NOBODY });
/** Someone in the group whose role is that of a member. */
const toInsider = ({ group, clients }: World) => ({ id: group, user_id: clients.revoked.id });

/** What owner and admins do in groups and channels. */
const MANAGING: readonly Pick<RouteRow, "route" | "body">[] = [
  { route: "POST /chats/:id/members", body: ({ bystander }) => ({ user_id: bystander.id }) },
  { route: "PATCH /chats/:id/members/:user_id", body: () => ({ role: "admin" }) },
  { route: "DELETE /chats/:id/members/:user_id" },
];
/** A form that asks for no picture. */
const WITHOUT_PICTURE: Pick<RouteRow, "headers" | "body"> = {
  headers: formHeaders("a-boundary"),
  body: () => encodeForm([{ name: "remove", content: "true" }], "a-boundary").body,
};
/** What only owners do there. */
const OWNING: readonly Pick<RouteRow, "route" | "headers" | "body">[] = [
  { route: "PATCH /chats/:id/avatar", ...WITHOUT_PICTURE },
  { route: "POST /chats/:id/avatar", ...WITHOUT_PICTURE },
  { route: "POST /chats/:id/owner", body: ({ bystander }) => ({ user_id: bystander.id }) },
  { route: "PATCH /chats/:id", body: () => ({ title: "Another title" }) },
];

const ROUTES: readonly RouteRow[] = [
  {
    route: "POST /auth/register",
    body: ({ server }) => registration(new TestClient(server).identity),
    outcomes: everyone("200"),
  },
  {
    route: "POST /auth/login",
    body: ({ bystander: { identity } }) => ({ login: identity.login, password: identity.password }),
    outcomes: everyone("200"),
  },
  {
    route: "POST /auth/refresh",
    body: () => ({ refresh_token: "not-a-Refresh-token" }),
    outcomes: everyone("401 invalid_refresh_token"),
  },
  { route: "POST /auth/logout", as: "another device", outcomes: signedIn("204") },
  { route: "GET /auth/sessions", outcomes: signedIn("200") },
  { route: "DELETE /auth/sessions", outcomes: signedIn("204") },
  {
    route: "DELETE /auth/sessions/:id",
    about: "somebody else's",
    params: ({ bystander }) => ({ id: bystander.sessionId ?? NO_UUID }),
    outcomes: signedIn("404 not_found"),
  },
  {
    route: "POST /auth/prelogin",
    body: ({ bystander }) => ({ login: bystander.identity.login }),
    outcomes: everyone("200"),
  },
  {
    route: "POST /auth/recover",
    body: ({ server }) => ({
      login: new TestClient(server).identity.login,
      recovery_auth: "not-a-Recovery-secret",
    }),
    outcomes: everyone("401 invalid_recovery"),
  },
  {
    route: "POST /auth/recover/complete",
    body: ({ server }) => {
      const { password, pkebymk, pkebyrk, salt } = registration(new TestClient(server).identity);
      return { recovery_token: "not-a-Recovery-token", new_password: password, pkebymk, pkebyrk, salt };
    },
    outcomes: everyone("401 invalid_recovery_token"),
  },

  { route: "GET /users/me", outcomes: signedIn("200") },
  {
    route: "PATCH /users/username",
    body: ({ server }) => ({ username: new TestClient(server).identity.username }),
    outcomes: signedIn("200"),
  },
  { route: "PATCH /users/nickname", body: () => ({ nickname: "Somebody" }), outcomes: signedIn("200") },
  { route: "PATCH /users/avatar", ...WITHOUT_PICTURE, outcomes: signedIn("200") },
  { route: "POST /users/avatar", ...WITHOUT_PICTURE, outcomes: signedIn("200") },
  {
    route: "GET /avatars/*",
    about: "that does not exist",
    params: () => ({ "*": "nobody.webp" }),
    outcomes: everyone("404 not_found"),
  },
  { route: "GET /users/search", query: "?q=person", outcomes: signedIn("200") },
  { route: "GET /users/:id/public-key", params: toBystander, outcomes: signedIn("200") },
  {
    route: "PUT /users/me/keys",
    about: "with a wrong password",
    body: (_, who) => ({ ...newKeys(who), current_password: "not-the-Password" }),
    outcomes: signedIn("403 wrong_password"),
  },
  {
    route: "PUT /users/me/password",
    about: "with a wrong password",
    body: (_, who) => {
      const { password, pkebymk, salt } = registration(who.identity);
      return { current_password: "not-the-Password", new_password: password, pkebymk, salt };
    },
    outcomes: signedIn("403 wrong_password"),
  },
  { route: "GET /users/me/keys", outcomes: signedIn("200") },
  {
    route: "PUT /users/me/vault",
    body: () => Buffer.from("sealed by its owner"),
    headers: { "content-type": "application/octet-stream" },
    outcomes: signedIn("204"),
  },
  { route: "GET /users/me/vault", outcomes: signedIn("200") },
  { route: "PUT /users/:id/block", params: toBystander, outcomes: signedIn("204") },
  { route: "DELETE /users/:id/block", params: toBystander, outcomes: signedIn("204") },
  { route: "GET /users/me/blocks", outcomes: signedIn("200") },
  {
    route: "POST /reports",
    about: "of a person",
    body: ({ bystander }) => ({ user_id: bystander.id, reason: "This person is a nuisance." }),
    outcomes: signedIn("204"),
  },
  {
    route: "POST /reports",
    about: "from a chat",
    body: ({ bystander, group }) => ({ user_id: bystander.id, chat_id: group, reason: "A nuisance there." }),
    outcomes: members("204", "404 unknown_chat"),
  },

  { route: "POST /admin/invites", outcomes: administrators("200") },
  { route: "GET /admin/invites", outcomes: administrators("200") },
  {
    route: "DELETE /admin/invites/:code",
    about: "one that does not exist",
    params: () => ({ code: "no-such-invite" }),
    outcomes: administrators("404 not_found"),
  },
  { route: "GET /admin/users", outcomes: administrators("200") },
  {
    route: "PATCH /admin/users/:id",
    params: toBystander,
    body: () => ({ disabled: false }),
    outcomes: administrators("200"),
  },
  { route: "GET /admin/reports", outcomes: administrators("200") },
  {
    route: "PATCH /admin/reports/:id",
    about: "one that does not exist",
    params: () => ({ id: NOBODY }),
    body: () => ({ state: "resolved" }),
    outcomes: administrators("404 not_found"),
  },

  {
    route: "POST /chats",
    body: ({ bystander }) => ({ kind: "private", user_ids: [bystander.id] }),
    outcomes: signedIn("200"),
  },
  { route: "GET /chats", outcomes: signedIn("200") },
  {
    route: "GET /chats/:id/messages",
    about: "of a group",
    params: toGroup,
    outcomes: members("200", "403 not_a_member"),
  },
  {
    route: "GET /chats/:id/messages",
    about: "of two others",
    params: ({ privateChat }) => ({ id: privateChat }),
    outcomes: { ...signedIn("403 not_a_member"), member: "200" },
  },
  {
    route: "GET /chats/:id/messages",
    about: "of a chat that does not exist",
    params: () => ({ id: NOBODY }),
    outcomes: signedIn("403 not_a_member"),
  },

  ...["GET /chats/:id/members", "GET /chats/:id/keys"].flatMap((route) => [
    { route, about: "of a group", params: toGroup, outcomes: members("200", "403 not_a_member") },
    {
      route,
      about: "of two others",
      params: toPrivateChat,
      outcomes: { ...signedIn("403 not_a_member"), member: "200" },
    },
    {
      route,
      about: "of a chat that does not exist",
      params: toNoChat,
      outcomes: signedIn("403 not_a_member"),
    },
  ]),
  {
    route: "POST /chats/:id/members",
    about: "to a group",
    params: toGroup,
    body: ({ clients }) => ({ user_id: clients.owner.id }),
    outcomes: managers("204", "403 not_a_member"),
  },
  {
    route: "PATCH /chats/:id/members/:user_id",
    about: "in a group",
    params: toInsider,
    body: () => ({ role: "member" }),
    outcomes: managers("204", "403 not_a_member"),
  },
  {
    route: "DELETE /chats/:id/members/:user_id",
    about: "from a group",
    params: ({ group }) => ({ id: group, user_id: NOBODY }),
    outcomes: managers("204", "403 not_a_member"),
  },
  {
    route: "DELETE /chats/:id/members/:user_id",
    about: "when it is the owner",
    params: ({ group, clients }) => ({ id: group, user_id: clients.owner.id }),
    outcomes: members("403 forbidden", "403 not_a_member"),
  },
  ...MANAGING.flatMap((row) => [
    {
      ...row,
      about: "of two others",
      params: ({ privateChat, bystander }: World) => ({ id: privateChat, user_id: bystander.id }),
      outcomes: { ...signedIn("403 not_a_member"), member: "400 private_chat" },
    },
    {
      ...row,
      about: "of a chat that does not exist",
      params: () => ({ id: NOBODY, user_id: NOBODY }),
      outcomes: signedIn("403 not_a_member"),
    },
  ]),
  ...MANAGING.filter(({ body }) => body).map(({ route }) => ({
    route,
    about: "with a role that cannot be given",
    params: toInsider,
    body: ({ bystander }: World) => ({ user_id: bystander.id, role: "owner" }),
    outcomes: signedIn("400 invalid_input"),
  })),
  {
    route: "POST /chats/:id/owner",
    about: "of a group",
    params: toGroup,
    body: ({ clients }) => ({ user_id: clients.owner.id }),
    outcomes: owners("204"),
  },
  {
    route: "PATCH /chats/:id",
    about: "of a group",
    params: toGroup,
    body: () => ({ title: "A group" }),
    outcomes: owners("204"),
  },
  ...["PATCH", "POST"].map((method) => ({
    route: `${method} /chats/:id/avatar`,
    about: "of a group",
    params: toGroup,
    ...WITHOUT_PICTURE,
    outcomes: owners("204"),
  })),
  ...OWNING.flatMap((row) => [
    {
      ...row,
      about: "of two others",
      params: toPrivateChat,
      outcomes: { ...signedIn("404 unknown_chat"), member: "400 private_chat" },
    },
    {
      ...row,
      about: "of a chat that does not exist",
      params: toNoChat,
      outcomes: signedIn("404 unknown_chat"),
    },
  ]),
  {
    route: "DELETE /chats/:id",
    about: "to leave a group",
    params: ({ groupToLeave }) => ({ id: groupToLeave }),
    outcomes: members("204", "404 unknown_chat"),
  },
  {
    route: "DELETE /chats/:id",
    about: "to end a group",
    params: ({ groupToEnd }) => ({ id: groupToEnd }),
    query: "?for_all=true",
    outcomes: owners("204"),
  },
  ...["", "?for_all=true"].flatMap((query) => [
    {
      route: "DELETE /chats/:id",
      about: `that does not exist${query}`,
      params: toNoChat,
      query,
      outcomes: signedIn("404 unknown_chat"),
    },
  ]),

  ...["read", "delivered"].flatMap((pointer) => [
    {
      route: `POST /chats/:id/${pointer}`,
      about: "of a group",
      params: toGroup,
      outcomes: members("200", "403 not_a_member"),
    },
    {
      route: `POST /chats/:id/${pointer}`,
      about: "of two others",
      params: ({ privateChat }: World) => ({ id: privateChat }),
      outcomes: { ...signedIn("403 not_a_member"), member: "200" },
    },
    {
      route: `POST /chats/:id/${pointer}`,
      about: "of a chat that does not exist",
      params: () => ({ id: NOBODY }),
      outcomes: signedIn("403 not_a_member"),
    },
  ]),
  ...["POST /chats/:id/favorite", "DELETE /chats/:id/favorite", "PATCH /chats/:id/settings"].flatMap(
    (route) => [
      {
        route,
        about: "of a group",
        params: toGroup,
        body: () => (route.startsWith("PATCH") ? { is_archived: true } : undefined),
        outcomes: members("204", "403 not_a_member"),
      },
      {
        route,
        about: "of two others",
        params: ({ privateChat }: World) => ({ id: privateChat }),
        outcomes: { ...signedIn("403 not_a_member"), member: "204" },
      },
      {
        route,
        about: "of a chat that does not exist",
        params: () => ({ id: NOBODY }),
        outcomes: signedIn("403 not_a_member"),
      },
    ],
  ),

  ...(
    [
      ["to a group", ({ group }: World) => group, members("200", "403 not_a_member")],
      [
        "to two others",
        ({ privateChat }: World) => privateChat,
        { ...signedIn("403 not_a_member"), member: "200" },
      ],
      ["to a chat that does not exist", () => NOBODY, signedIn("403 not_a_member")],
    ] as const
  ).map(([about, chatOf, outcomes]) => ({
    route: "POST /media",
    about,
    headers: formHeaders("a-boundary"),
    body: (world: World) => {
      const file = { name: "file", content: "a file", filename: "file.bin" };
      return encodeForm([{ name: "chat_id", content: `${chatOf(world)}` }, file], "a-boundary").body;
    },
    outcomes,
  })),
  {
    route: "GET /media/:id",
    about: "of a group",
    params: ({ fileInGroup }) => ({ id: fileInGroup }),
    outcomes: members("200", "404 unknown_file"),
  },
  {
    route: "GET /media/:id",
    about: "of two others",
    params: ({ fileInPrivateChat }) => ({ id: fileInPrivateChat }),
    outcomes: { ...signedIn("404 unknown_file"), member: "200" },
  },
  {
    route: "GET /media/:id",
    about: "that does not exist",
    params: toNoChat,
    outcomes: signedIn("404 unknown_file"),
  },

  {
    route: "POST /sync",
    about: "of a group",
    body: ({ group }) => ({ chats: { [group]: 0 } }),
    outcomes: signedIn("200"),
  },

  { route: "GET /openapi.json", outcomes: everyone("200") },
  { route: "GET /asyncapi.json", outcomes: everyone("200") },
  { route: "GET /docs", outcomes: everyone("200") },
  { route: "GET /health", outcomes: everyone("200") },
  { route: "GET /health/live", outcomes: everyone("200") },
  { route: "GET /health/ready", outcomes: everyone("200") },

  { route: "DELETE /users/me", as: "another person", outcomes: signedIn("204") },
];

interface EventRow {
  readonly event: string;
  readonly about?: string;
  readonly fields: (world: World) => object;
  readonly outcomes: Outcomes;
}

const inGroup = ({ group }: World) => ({ chat_id: group, message: "hello to this group" });

const EVENTS: readonly EventRow[] = [
  {
    event: "join_chat",
    about: "of a group",
    fields: ({ group }) => ({ chat_id: group }),
    outcomes: members("ok", "not_a_member"),
  },
  {
    event: "join_chat",
    about: "of two others",
    fields: ({ privateChat }) => ({ chat_id: privateChat }),
    outcomes: { ...signedIn("not_a_member"), member: "ok" },
  },
  {
    event: "join_chat",
    about: "that does not exist",
    fields: () => ({ chat_id: NOBODY }),
    outcomes: signedIn("not_a_member"),
  },
  { event: "leave_chat", fields: ({ group }) => ({ chat_id: group }), outcomes: signedIn("ok") },
  {
    event: "typing",
    about: "without an answer, whoever it is",
    fields: ({ group }) => ({ chat_id: group, is_typing: true }),
    outcomes: signedIn("nothing"),
  },
  { event: "init", fields: ({ bystander }) => ({ contacts: [bystander.id] }), outcomes: signedIn("ok") },
  ...["send_message", "voice_message", "video_message"].flatMap((event) => [
    { event, about: "in a group", fields: inGroup, outcomes: members("ok", "not_a_member") },
    {
      event,
      about: "to two others",
      fields: ({ privateChat }: World) => ({ chat_id: privateChat, message: "hello to you two" }),
      outcomes: { ...signedIn("not_a_member"), member: "ok" },
    },
    {
      event,
      about: "in a chat that does not exist",
      fields: () => ({ chat_id: NOBODY, message: "hello to nobody" }),
      outcomes: signedIn("not_a_member"),
    },
  ]),
  ...(["edit_message", "delete_message"] as const).flatMap((event) => [
    {
      event,
      about: "of the owner in a group",
      fields: (world: World) => ({ ...inGroup(world), message_id: world.ofOwner }),
      outcomes: {
        ...members("ok", "not_a_member"),
        member: "forbidden",
        admin: event === "edit_message" ? "forbidden" : "ok",
      },
    },
    {
      event,
      about: "of the other one of a private chat",
      fields: ({ privateChat, ofBystander }: World) => ({
        chat_id: privateChat,
        message_id: ofBystander,
        message: "changed by somebody else",
      }),
      outcomes: { ...signedIn("not_a_member"), member: "forbidden" },
    },
    {
      event,
      about: "in a chat that does not exist",
      fields: ({ ofOwner }: World) => ({ chat_id: NOBODY, message_id: ofOwner, message: "" }),
      outcomes: signedIn("not_a_member"),
    },
  ]),
  {
    event: "forward_message",
    about: "from a private chat into a group",
    fields: ({ privateChat, ofBystander, group }) => ({
      from_chat_id: privateChat,
      message_id: ofBystander,
      to_chat_id: group,
      message: "forwarded to this group",
    }),
    outcomes: { ...signedIn("not_a_member"), member: "ok" },
  },
  {
    event: "forward_message",
    about: "within a group",
    fields: ({ group, ofMember }) => ({
      from_chat_id: group,
      message_id: ofMember,
      to_chat_id: group,
      message: "forwarded within this group",
    }),
    outcomes: members("ok", "not_a_member"),
  },
  {
    event: "forward_message",
    about: "from a group into a private chat",
    fields: ({ privateChat, ofMember, group }) => ({
      from_chat_id: group,
      message_id: ofMember,
      to_chat_id: privateChat,
      message: "forwarded to you two",
    }),
    outcomes: { ...signedIn("not_a_member"), member: "ok" },
  },
];

function newKeys({ identity }: TestClient) {
  const { publicKey } = generateKeyPair();
  const signer = generateKeyPairSync("ed25519");
  const keyVersion = Buffer.from([2, 0, 0, 0]);
  const signed = sign(null, Buffer.concat([Buffer.from(publicKey, "base64"), keyVersion]), signer.privateKey);
  const { pkebymk, pkebyrk, salt } = registration(identity);
  return {
    public_key: publicKey,
    identity_key: signer.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64"),
    signature: signed.toString("base64"),
    key_version: 2,
    pkebymk,
    pkebyrk,
    salt,
  };
}

async function ask(row: RouteRow, who: Who): Promise<string> {
  const client = await clientFor(row, who);
  const [method = "", path = ""] = row.route.split(" ");
  const params = row.params?.(world) ?? {};
  const filled = path.replaceAll(/:(\w+)|\*/g, (star, name: string | undefined) =>
    String(params[name ?? star]),
  );
  const { status, body } = await client.request(method, `${filled}${row.query ?? ""}`, {
    ...(row.headers ? { headers: row.headers } : {}),
    body: row.body?.(world, client),
  });
  return status < 400 ? `${status}` : `${status} ${body.code}`;
}

async function clientFor({ as }: RouteRow, who: Who): Promise<TestClient> {
  const client = world.clients[who];
  if (!as || who in NO_SESSION) return client;
  return as === "another device" ? await client.onAnotherDevice() : await TestClient.register(world.server);
}

async function send({ event, fields }: EventRow, who: Who): Promise<string> {
  try {
    await using socket = await world.clients[who].socket();
    const answer = await answerTo(socket, { type: event, ...fields(world) });
    if (!answer) return "nothing";
    return answer.type === "ok" ? "ok" : answer.code;
  } catch (error) {
    if (error instanceof SocketRefused && error.status === 401) return "401 unauthorized";
    throw error;
  }
}

/** Frames of one socket are handled in order: whatever answers `typing` comes before the answer to the next one. */
async function answerTo(socket: TestSocket, frame: { readonly type: string }) {
  if (frame.type !== "typing") return await socket.ask(frame);
  socket.send(frame);
  await socket.ask({ type: "init", contacts: [] });
  return socket.frames.find(({ type }) => type === "error") as ServerEventOf<"error"> | undefined;
}

/** One after another, so that who asks is the only difference. */
async function outcomesOf(askAs: (who: Who) => Promise<string>): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const who of EVERYONE) outcomes[who] = await askAs(who);
  return outcomes;
}

const titled = <R extends { readonly about?: string }>(rows: readonly R[], name: (row: R) => string) =>
  rows.map((row) => [row.about ? `${name(row)} ${row.about}` : name(row), row] as const);

describe("a route answers each person as the table says", () => {
  test.each(titled(ROUTES, ({ route }) => route))("%s", async (_, row) => {
    expect(await outcomesOf((who) => ask(row, who))).toEqual(row.outcomes);
  });
});

describe("an event answers each person as the table says", () => {
  test.each(titled(EVENTS, ({ event }) => event))("%s", async (_, row) => {
    expect(await outcomesOf((who) => send(row, who))).toEqual(row.outcomes);
  });
});

test("every route that is served has a row, and every row is served", () => {
  const served = world.server.app.routes.map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(ROUTES.map(({ route }) => route))].sort()).toEqual(served.sort());
});

test("every event that is handled has a row, and every row is handled", () => {
  const handled = [...world.server.app.clientEvents].sort();
  expect([...new Set(EVENTS.map(({ event }) => event))].sort()).toEqual(handled);
});
