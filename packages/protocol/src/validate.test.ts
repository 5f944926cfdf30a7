import fc from "fast-check";
import * as Type from "typebox";
import { describe, expect, test } from "vitest";
import type { JsonSchema } from "./clean.ts";
import { clientEvents } from "./client-events.ts";
import type { EndpointDefinition } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import { LIMITS } from "./limits.ts";
import { bytesAtMost, Name, nullable } from "./schema.ts";
import { compileTextValidator, compileValidator } from "./validate.ts";

const register = compileValidator(endpoints.auth.register.body);
const account = {
  login: "alice",
  username: "Alice",
  password: "correct horse",
  pkebymk: "m",
  pkebyrk: "r",
  pubk: "p",
  salt: "s",
};

function accepted(result: { valid: boolean; value?: unknown }): unknown {
  expect(result).toMatchObject({ valid: true });
  return result.value;
}

function blamed(result: ReturnType<typeof register>): string[] {
  if (result.valid) throw new Error("was accepted");
  return result.violations.map(({ path }) => path);
}

describe("what existing clients send", () => {
  test("null in an optional field is as if it were not there", () => {
    expect(accepted(register({ ...account, nickname: null, identity_key: null, kdf: null }))).toEqual(
      account,
    );
  });

  test("null in a required field is refused and named", () => {
    expect(blamed(register({ ...account, salt: null }))).toEqual(["/salt"]);
  });

  test("unknown fields are ignored", () => {
    expect(accepted(register({ ...account, theme: "dark", nested: { deep: [1] } }))).toEqual(account);
  });

  test("every missing field is named", () => {
    expect(blamed(register({ ...account, login: undefined, salt: undefined })).sort()).toEqual([
      "/login",
      "/salt",
    ]);
    expect(blamed(register({ username: "a", password: "b", pkebymk: "c", pkebyrk: "d", pubk: "e" }))).toEqual(
      ["/login", "/salt"],
    );
  });

  test("a number is never read from a text, nor a boolean from a number", () => {
    const login = compileValidator(endpoints.auth.login.body);
    expect(login({ login: "a", password: "b", remember_me: 1 }).valid).toBe(false);
    const addMember = compileValidator(endpoints.chats.addMember.body);
    expect(addMember({ user_id: "7" }).valid).toBe(false);
    expect(addMember({ user_id: 7.5 }).valid).toBe(false);
  });

  test.each([[[]], ["text"], [7], [null], [undefined]])("a body that is no object is refused: %j", (body) => {
    expect(blamed(register(body))).toEqual(["/"]);
  });

  test("null clears the avatar of a chat, and only that", () => {
    const update = compileValidator(endpoints.chats.updateChat.body);
    expect(accepted(update({ avatar: null, title: null }))).toEqual({ avatar: null });
  });

  test("a role may be written in any case and with spaces; owner is not given this way", () => {
    const setRole = compileValidator(endpoints.chats.setMemberRole.body);
    expect(accepted(setRole({ role: " Admin\n" }))).toEqual({ role: "admin" });
    expect(setRole({ role: "owner" })).toEqual({
      valid: false,
      violations: [{ path: "/role", message: "must be one of: member, admin" }],
    });
  });

  test("a login needs no more than texts: a short password is wrong, not invalid", () => {
    const login = compileValidator(endpoints.auth.login.body);
    expect(login({ login: "", password: "x".repeat(5000) }).valid).toBe(true);
  });
});

describe("limits", () => {
  const name = compileValidator(Type.Object({ name: Name }));

  test("a name is trimmed and composed before it is measured", () => {
    expect(accepted(name({ name: `  ${"e\u0301".repeat(64)}\t` }))).toEqual({ name: "é".repeat(64) });
    expect(name({ name: " \u3000 " }).valid).toBe(false);
  });

  test("characters are code points: 64 emoji are a name, 65 are not", () => {
    expect(name({ name: "🦊".repeat(64) }).valid).toBe(true);
    expect(name({ name: "🦊".repeat(65) }).valid).toBe(false);
  });

  test.each(["a\u0007b", "a\nb", "a\u007fb", "a\u0085b"])("control characters are refused: %j", (bad) => {
    expect(name({ name: bad }).valid).toBe(false);
  });

  test("sizes are bytes of UTF-8", () => {
    const small = compileValidator(Type.Object({ key: bytesAtMost(9) }));
    expect(small({ key: "éééé1" }).valid).toBe(true);
    expect(small({ key: "ééééé" })).toEqual({
      valid: false,
      violations: [{ path: "/key", message: "must not be larger than 9 bytes" }],
    });
    expect(small({ key: "🦊🦊1" }).valid).toBe(true);
    expect(small({ key: "🦊🦊é" }).valid).toBe(false);
  });

  test("an empty key field is refused", () => {
    expect(blamed(register({ ...account, pkebymk: "" }))).toEqual(["/pkebymk"]);
  });

  test("a key version is any unsigned 32-bit number", () => {
    expect(register({ ...account, key_version: 0 }).valid).toBe(true);
    expect(register({ ...account, key_version: 0xffff_ffff }).valid).toBe(true);
    expect(register({ ...account, key_version: 0x1_0000_0000 }).valid).toBe(false);
    expect(register({ ...account, key_version: -1 }).valid).toBe(false);
  });

  test("base64 of another length or with stray bits is refused", () => {
    const key = Buffer.alloc(32, 7).toString("base64");
    expect(register({ ...account, identity_key: key }).valid).toBe(true);
    expect(register({ ...account, identity_key: Buffer.alloc(31).toString("base64") }).valid).toBe(false);
    expect(register({ ...account, identity_key: `${key.slice(0, -2)}B=` }).valid).toBe(false);
  });

  test("what a reporter reveals may be anything, up to its size", () => {
    const report = compileValidator(endpoints.users.report.body);
    expect(report({ user_id: 1, reason: "spam", revealed: [{ message_id: 3, text: "buy!" }] }).valid).toBe(
      true,
    );
    const huge = report({ user_id: 1, reason: "spam", revealed: "x".repeat(LIMITS.reportRevealedBytes) });
    expect(huge.valid).toBe(false);
  });

  test("a refusal names at most a few fields, however much is wrong", () => {
    const create = compileValidator(endpoints.chats.createChat.body);
    const result = create({ kind: "private", user_ids: Array.from({ length: 900 }, () => "x") });
    expect(blamed(result as ReturnType<typeof register>).length).toBeLessThanOrEqual(10);
  });
});

describe("rules over several fields", () => {
  test("a group needs a title, a private chat does not", () => {
    const create = compileValidator(endpoints.chats.createChat.body);
    expect(create({ kind: "private", user_ids: [2], title: "" }).valid).toBe(true);
    expect(create({ kind: "group", user_ids: [2], title: "  " })).toEqual({
      valid: false,
      violations: [{ path: "/title", message: "is required for a group or channel" }],
    });
  });

  test("a new recovery secret comes with the bundle that it opens", () => {
    const change = compileValidator(endpoints.keys.changePassword.body);
    const base = { current_password: "a", new_password: "b", pkebymk: "m", salt: "s" };
    expect(change(base).valid).toBe(true);
    expect(change({ ...base, recovery_auth: "r", pkebyrk: "k" }).valid).toBe(true);
    expect(change({ ...base, recovery_auth: "r" })).toMatchObject({ violations: [{ path: "/pkebyrk" }] });
  });

  test("a new public key comes whole or not at all", () => {
    const change = compileValidator(endpoints.keys.changePassword.body);
    const base = { current_password: "a", new_password: "b", pkebymk: "m", salt: "s" };
    expect(change({ ...base, key_version: 2 })).toMatchObject({ violations: [{ path: "/public_key" }] });
  });

  test("muting ends at a moment that exists", () => {
    const settings = compileValidator(endpoints.chats.setChatSettings.body);
    expect(settings({ muted_until: "2030-01-01T00:00:00Z" }).valid).toBe(true);
    expect(settings({ muted_until: "2030-01-01T00:00:00Z[Europe/Berlin]" }).valid).toBe(false);
    expect(settings({ muted_until: "2030-02-31T00:00:00Z" }).valid).toBe(false);
    expect(settings({ muted_until: 1893456000 }).valid).toBe(false);
  });
});

describe("path and query", () => {
  const messages = compileTextValidator(endpoints.messages.listMessages.query);

  test("numbers are read from their text, and a limit of any size is left to be clamped", () => {
    expect(accepted(messages({ limit: "-3", before_id: "42" }))).toEqual({ limit: -3, before_id: 42 });
    expect(accepted(messages({ limit: "99999999999999999999" }))).toEqual({ limit: 1e20 });
  });

  test("an empty parameter is as if it were not there", () => {
    expect(accepted(messages({ limit: "", before_id: "", after_id: "" }))).toEqual({});
  });

  test.each(["abc", "1.5", "0x10", "1e3", " 1", ["1", "2"]])(
    "what is no whole number is refused: %j",
    (limit) => {
      expect(messages({ limit }).valid).toBe(false);
    },
  );

  test("an id that no JSON number can hold is refused instead of rounded", () => {
    const params = compileTextValidator(endpoints.users.block.params);
    expect(params({ id: "9007199254740993" }).valid).toBe(false);
    expect(params({ id: "0" }).valid).toBe(false);
    expect(params({ id: "" }).valid).toBe(false);
  });

  test("for_all is true, false, 1 or 0", () => {
    const leave = compileTextValidator(endpoints.chats.deleteChat.query);
    expect(accepted(leave({ for_all: "true" }))).toEqual({ for_all: true });
    expect(accepted(leave({ for_all: "0" }))).toEqual({ for_all: false });
    expect(leave({ for_all: "yes" }).valid).toBe(false);
  });

  test("U+0000 in a query is refused", () => {
    const search = compileTextValidator(endpoints.users.searchUsers.query);
    expect(search({ q: "a\0b" }).valid).toBe(false);
    expect(search({ q: "" })).toEqual({ valid: true, value: { q: "" } });
  });
});

describe("hostile input", () => {
  test("a field named __proto__ changes nothing", () => {
    const body = JSON.parse(`{"__proto__": {"nickname": "evil"}, ${JSON.stringify(account).slice(1)}`);
    const value = accepted(register(body)) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("nickname" in value).toBe(false);
    expect(({} as Record<string, unknown>).nickname).toBeUndefined();
  });

  test("fields that every object inherits do not count as given", () => {
    const inherited = compileValidator(Type.Object({ constructor: Type.Optional(nullable(Type.String())) }));
    expect(accepted(inherited({}))).toEqual({});
  });

  const schemas = [
    ...Object.values(endpoints).flatMap((domain) =>
      Object.values<EndpointDefinition>(domain).flatMap(({ body }) => (body ? [body] : [])),
    ),
    ...Object.values(clientEvents).map(({ schema }) => schema),
  ];
  const validators = schemas.map((schema) => compileValidator(schema));
  const names = [
    ...new Set(
      schemas.flatMap((schema) => Object.keys((schema as { properties?: object }).properties ?? {})),
    ),
  ];
  const body = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...names, "__proto__", "constructor"), fc.jsonValue(), { maxKeys: 12 }),
  );

  test("every list and record that a client sends has a limit", () => {
    const unbounded = schemas.flatMap((schema) => unboundedIn(schema as JsonSchema));
    expect(unbounded).toEqual([]);
  });

  test("of a list that is too long only as much is looked at as it takes to refuse it", () => {
    const looked: string[] = [];
    const contacts = Array.from({ length: LIMITS.initContacts * 3 }, () => 1);
    const watched = new Proxy(contacts, {
      get: (list, key) => {
        looked.push(String(key));
        return Reflect.get(list, key);
      },
    });
    expect(compileValidator(clientEvents.init.schema)({ type: "init", contacts: watched }).valid).toBe(false);
    expect(looked.length).toBeLessThan(LIMITS.initContacts + 100);
  });

  test("no JSON makes a validator throw, and none is changed by it", () => {
    fc.assert(
      fc.property(body, (value) => {
        const before = JSON.stringify(value);
        for (const validate of validators) validate(value);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });

  test("what was accepted is accepted again, unchanged", () => {
    fc.assert(
      fc.property(body, (value) => {
        for (const validate of validators) {
          const first = validate(value);
          if (first.valid) expect(validate(first.value)).toEqual(first);
        }
      }),
    );
  });

  test("no query makes a validator throw", () => {
    const validate = compileTextValidator(endpoints.messages.listMessages.query);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))), (query) => {
        validate(query);
      }),
    );
  });
});

function unboundedIn(schema: JsonSchema): JsonSchema[] {
  const { type, items, maxItems, patternProperties, maxProperties, properties, anyOf = [] } = schema;
  const endless =
    (type === "array" && maxItems === undefined) || (patternProperties && maxProperties === undefined);
  const inside = [
    items,
    ...anyOf,
    ...Object.values(properties ?? {}),
    ...Object.values(patternProperties ?? {}),
  ];
  return [...(endless ? [schema] : []), ...inside.flatMap((each) => (each ? unboundedIn(each) : []))];
}
