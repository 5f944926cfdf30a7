import { randomBytes } from "node:crypto";
import type { adminEndpoints, BodyOf, Invite } from "@tacit/protocol";
import type { Database, Sql } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import * as store from "./store.ts";

const CODE_BYTES = 16;
/** More can be made, but nobody reads on. */
const LISTED = 1_000;

/** Lets people register where registration is by invitation. */
export interface Invites {
  isUsable(sql: Sql, code: string): Promise<boolean>;
  /** Uses it up by one. @throws {TacitError} `invalid_invite` for one that is unknown, used up or expired. */
  consume(sql: Sql, code: string): Promise<void>;
  /** @throws {TacitError} `administrators_only`. */
  create(adminId: number, wanted: NonNullable<BodyOf<typeof adminEndpoints.createInvite>>): Promise<Invite>;
  list(): Promise<Invite[]>;
  /** @throws {TacitError} `not_found`. */
  withdraw(adminId: number, code: string): Promise<void>;
}

/** Builds the service. */
export function createInvites(database: Database): Invites {
  return {
    isUsable: store.isUsableInvite,
    consume: async (sql, code) => {
      if (!(await store.consumeInvite(sql, code))) throw new TacitError("invalid_invite");
    },
    create: async (adminId, { uses = 1, expires_in = null }) => {
      const code = randomBytes(CODE_BYTES).toString("base64url");
      const wanted = { code, uses, expiresIn: expires_in };
      const stored = await database.run((sql) => store.insertInvite(sql, adminId, wanted));
      if (!stored) throw new TacitError("administrators_only");
      return shown(stored);
    },
    list: async () => (await database.run((sql) => store.listInvites(sql, LISTED))).map(shown),
    withdraw: async (adminId, code) => {
      if (!(await database.run((sql) => store.deleteInvite(sql, adminId, code))))
        throw new TacitError("not_found");
    },
  };
}

function shown({ code, uses, uses_left, expires_at, created_at, created_by }: store.StoredInvite): Invite {
  return {
    code,
    uses,
    uses_left,
    expires_at: expires_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    created_by,
  };
}
