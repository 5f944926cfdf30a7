import { describe, expect, test } from "vitest";
import { clientEvents } from "./client-events.ts";
import { contractClientEvents, contractRoutes, contractServerEvents } from "./contract-list.ts";
import type { EndpointDefinition } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import { CLOSE_CODES, ERRORS } from "./errors.ts";
import { serverEvents } from "./server-events.ts";

const definitions = Object.values(endpoints).flatMap((domain) => Object.values<EndpointDefinition>(domain));

function described({ method, path, response, rawResponse }: EndpointDefinition): string {
  const success = response || rawResponse ? 200 : 204;
  return `${[method].flat().join(" ")} ${path} -> ${success}`;
}

describe("the contract and the schemas say the same", () => {
  test("every route of the contract has an endpoint, and every endpoint is in the contract", () => {
    const written = contractRoutes.map(
      ({ methods, path, success }) => `${methods.join(" ")} ${path} -> ${success}`,
    );
    expect(definitions.map(described).sort()).toEqual([...written].sort());
  });

  test("every event of the contract that a client sends has a schema, and the other way round", () => {
    expect(Object.keys(clientEvents).sort()).toEqual([...contractClientEvents].sort());
  });

  test("every event of the contract that the server sends has a schema, and the other way round", () => {
    expect(Object.keys(serverEvents).sort()).toEqual([...contractServerEvents].sort());
  });

  test("an event's schema stands under its own type", () => {
    for (const [type, { schema }] of [...Object.entries(clientEvents), ...Object.entries(serverEvents)]) {
      expect(schema.properties.type.const).toBe(type);
    }
  });

  test("only these routes need no session", () => {
    const open = definitions.filter(({ access }) => access === "public").map(({ path }) => path);
    expect(open.sort()).toEqual([
      "/asyncapi.json",
      "/auth/login",
      "/auth/prelogin",
      "/auth/recover",
      "/auth/recover/complete",
      "/auth/refresh",
      "/auth/register",
      "/avatars/*",
      "/docs",
      "/health",
      "/health/live",
      "/health/ready",
      "/openapi.json",
    ]);
  });

  test("administrators' routes are exactly those under /admin", () => {
    for (const { path, access } of definitions) {
      expect([path, access === "administrator"]).toEqual([path, path.startsWith("/admin/")]);
    }
  });

  test("a path's parameters are those of its schema", () => {
    for (const { path, params } of definitions) {
      const named = [...path.matchAll(/:(\w+)|(\*)/g)].map(([, name, rest]) => name ?? rest);
      expect([path, Object.keys(params?.properties ?? {})]).toEqual([path, named]);
    }
  });

  test("no refresh answers 429, because a client wipes its keys on any refusal", () => {
    const errors: readonly (keyof typeof ERRORS)[] = endpoints.auth.refresh.errors;
    expect(errors.filter((code) => ERRORS[code].status === 429)).toEqual([]);
  });

  test("a login is in no answer but its owner's", () => {
    const withLogin = definitions
      .filter(({ response }) => JSON.stringify(response ?? {}).includes('"login":'))
      .map(({ path }) => path);
    expect([...new Set(withLogin)].sort()).toEqual([
      "/auth/login",
      "/auth/recover/complete",
      "/auth/register",
      "/users/avatar",
      "/users/me",
      "/users/nickname",
      "/users/username",
    ]);
    for (const { schema } of Object.values(serverEvents))
      expect(JSON.stringify(schema)).not.toContain('"login"');
  });

  test("statuses and close codes are those of the contract", () => {
    const statuses = new Set(Object.values(ERRORS).map(({ status }) => status));
    expect([...statuses].sort()).toEqual([400, 401, 403, 404, 405, 409, 412, 413, 415, 416, 429, 500, 503]);
    expect(Object.values(CLOSE_CODES).sort()).toEqual([1009, 1012, 1013, 4401, 4429]);
  });

  test("every error is one sentence", () => {
    for (const { sentence } of Object.values(ERRORS)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });
});

const CHAT_FIELDS = `id kind title created_at updated_at is_archived is_favorite peer_id peer_username peer_nickname
  peer_avatar unread_count my_role last_message_id last_message last_message_type last_message_created_at
  last_message_is_outgoing last_message_is_delivered last_message_is_read avatar seq members_version member_count
  last_message_sender_id last_message_envelopes last_message_ciphertext last_read_message_id others_read_message_id
  others_delivered_message_id history_from_id encrypted muted_until`;
const MESSAGE_FIELDS = `id chat_id sender_id message message_type created_at edited_at reply_to_message_id
  forwarded_from_message_id forwarded_from_chat_id forwarded_from_sender_id deleted_at deleted_by is_read is_delivered
  has_files metadata envelopes status client_message_id seq system`;

test.each([
  ["Chat", endpoints.chats.listChats.response.items, CHAT_FIELDS],
  ["Message", endpoints.messages.listMessages.response.items, MESSAGE_FIELDS],
])("%s has every field of the contract, always", (_, schema, fields) => {
  const names = fields.split(/\s+/);
  expect(Object.keys(schema.properties)).toEqual(names);
  expect(schema.required).toEqual(names);
});
