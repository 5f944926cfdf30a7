import type { Static, TSchema } from "typebox";
import * as Type from "typebox";
import type { DocumentSchema } from "./document-schema.ts";
import { LIMITS } from "./limits.ts";

const ID_TEXT = "^[1-9][0-9]{0,15}$";
const NO_CONTROL_CHARACTERS = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/** Id of a user, chat, message or file: a JSON integer. */
export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** RFC 3339, UTC, with a `Z`. */
export const Timestamp = Type.String({ format: "date-time" });
/** A UUID of any version (RFC 9562), as text. */
export const UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
/** RFC 9562. */
export const Uuid = Type.String({ format: "uuid", pattern: UUID_PATTERN });
/** A number that only grows by one with each change. */
export const Counter = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Unsigned 32-bit. */
export const KeyVersion = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });

/** Keyword of ours: how a string is normalised before it is checked. */
export type Normalization = "trim" | "lowercase";

/** Login or username: trimmed, Unicode NFC, no control characters. */
export const Name = Type.String({
  normalize: "trim",
  minLength: 1,
  maxLength: LIMITS.nameCharacters,
  pattern: NO_CONTROL_CHARACTERS,
});
/** Shown name of a person: trimmed, Unicode NFC. */
export const Nickname = Type.String({
  normalize: "trim",
  minLength: 1,
  maxLength: LIMITS.nicknameCharacters,
  pattern: NO_CONTROL_CHARACTERS,
});
/** Title of a group or channel: trimmed, Unicode NFC. */
export const Title = Type.String({ normalize: "trim", minLength: 1, maxLength: LIMITS.titleCharacters });
/** Key material, opaque to the server: non-empty, at most 8 KiB. */
export const KeyField = bytesAtMost(LIMITS.keyFieldBytes, { minLength: 1 });
/** Base64 (RFC 4648, section 4) of exactly 32 bytes, with padding. */
export const Base64Of32 = Type.String({
  pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
  description: "Base64 of 32 bytes.",
});
/** Base64 (RFC 4648, section 4) of exactly 64 bytes, with padding. */
export const Base64Of64 = Type.String({
  pattern: "^[A-Za-z0-9+/]{85}[AQgw]==$",
  description: "Base64 of 64 bytes.",
});

/** A moment that a client names: RFC 3339 without the suffixes that `Date` cannot read. */
export const TimestampInput = Type.Refine(
  Type.String({ format: "date-time", maxLength: 40 }),
  (value) => !Number.isNaN(Date.parse(value)),
  () => "must be a date and time of RFC 3339",
);

/** The schema, or JSON `null`. */
export function nullable<S extends TSchema>(schema: S, options: { description?: string } = {}) {
  return Type.Union([schema, Type.Null()], options);
}

/** A string of at most `maximum` bytes of UTF-8. */
export function bytesAtMost(maximum: number, options: Parameters<typeof Type.String>[0] = {}) {
  return Type.Refine(
    Type.String({ maxLength: maximum, "x-max-bytes": maximum, ...options }),
    (value) => value.length * 3 <= maximum || utf8Length(value) <= maximum,
    () => `must not be larger than ${maximum} bytes`,
  );
}

/**
 * A record with ids as keys; other keys are dropped from what clients send. Not `Type.Record`, which would put TypeBox's whole
 * type engine into every browser.
 */
export function byId<S extends TSchema>(entry: S, options: SchemaOptions = {}) {
  return Type.Unsafe<Record<string, Static<S>>>({
    type: "object",
    patternProperties: { [ID_TEXT]: entry },
    ...options,
  });
}

/** What may be said of a record. */
interface SchemaOptions {
  readonly description?: string;
  readonly component?: string;
  readonly maxProperties?: number;
}

/**
 * Adds a rule over several fields to an object. `path` is the field to blame, as a JSON pointer; the message
 * continues the field's name.
 */
export function rule<S extends TSchema>(
  schema: S,
  path: `/${string}`,
  message: string,
  holds: (value: Static<S>) => boolean,
) {
  return Type.Refine(schema, holds, () => `${path} ${message}`);
}

/**
 * JSON Schema for: who gives one of these fields gives all of those. For `documented`, because what is validated is
 * validated after `null` was dropped from optional fields.
 */
export function fieldsTogether(given: readonly string[], needed: readonly string[]): DocumentSchema {
  const notNull = { not: { type: "null" } };
  return {
    if: { anyOf: given.map((name) => ({ required: [name], properties: { [name]: notNull } })) },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: needed, properties: Object.fromEntries(needed.map((name) => [name, notNull])) },
  };
}

/** Takes apart what {@link rule} put together; any other message blames the value itself. */
export function readRule(text: string): { readonly path: string; readonly message: string } {
  const [, path = "", message = text] = /^(\/\S+) (.*)$/s.exec(text) ?? [];
  return { path, message };
}

const encoder = new TextEncoder();

/** Bytes of the text in UTF-8. */
export function utf8Length(value: string): number {
  return encoder.encode(value).length;
}

/** What a member may do in a chat. */
export const Role = Type.Enum(["member", "admin", "owner"], { component: "Role" });
export type Role = Static<typeof Role>;

/** A role that can be given: ownership changes hands only as such. Spaces and case do not matter. */
export const GivenRole = Type.Enum(["member", "admin"], { normalize: "lowercase" });
export type GivenRole = Static<typeof GivenRole>;

/** A profile as everyone may see it. A login is a credential and never part of it. */
export const User = Type.Object(
  {
    id: Id,
    username: Type.String(),
    nickname: Type.String(),
    avatar: nullable(Type.String({ description: "Path below `/avatars/`." })),
  },
  { component: "User" },
);
export type User = Static<typeof User>;

/** Form with a new picture, or the wish to have none. Neither field changes nothing. */
export const AvatarForm = Type.Object({
  avatar: Type.Optional(
    Type.String({ format: "binary", description: "PNG, JPEG, GIF or WebP, at most 5 MiB." }),
  ),
  remove: Type.Optional(Type.String({ description: "`true` or `1` removes the avatar." })),
});
export type AvatarForm = Static<typeof AvatarForm>;

/** The id in a path. */
export const IdParams = Type.Object({ id: Id });
