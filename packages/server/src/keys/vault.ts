import { createHash } from "node:crypto";
import type { Database } from "../db/database.ts";
import { TacitError } from "../errors.ts";
import { findVault, insertVault, type StoredVault, updateVault } from "./vault-store.ts";

/** The sealed blob in which a user's devices share what must not get lost. */
export interface Vault {
  /** @throws {TacitError} `not_found` if there is none. */
  read(userId: number): Promise<StoredVault>;
  /**
   * Stores the vault: the first one without `ifMatch`, later ones only over a version that it names.
   *
   * @param ifMatch the `If-Match` header (RFC 9110, section 13.1.1).
   * @returns the new version's entity tag.
   * @throws {TacitError} `vault_changed`, `invalid_input` for an empty one.
   */
  write(userId: number, sealed: Uint8Array, ifMatch: string | undefined): Promise<string>;
}

/** Builds the service. */
export function createVault(database: Database): Vault {
  return {
    read: async (userId) => {
      const vault = await database.run((sql) => findVault(sql, userId));
      if (!vault) throw new TacitError("not_found");
      return vault;
    },
    write: async (userId, sealed, ifMatch) => {
      if (sealed.length === 0) throw new TacitError("invalid_input", { sentence: "The vault is empty." });
      const vault = { sealed: Buffer.from(sealed), etag: entityTag(sealed) };
      const stored = await database.run((sql) =>
        ifMatch === undefined
          ? insertVault(sql, userId, vault)
          : updateVault(sql, userId, vault, ifMatch.trim() === "*" ? "any" : entityTags(ifMatch)),
      );
      if (!stored) throw new TacitError("vault_changed");
      return vault.etag;
    },
  };
}

/** Strong: the same content has the same tag, and only the same content. */
function entityTag(sealed: Uint8Array): string {
  return `"${createHash("sha256").update(sealed).digest("base64url")}"`;
}

function entityTags(header: string): string[] {
  return header.split(",").map((tag) => tag.trim());
}
