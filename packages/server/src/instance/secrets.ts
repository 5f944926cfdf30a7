import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { Database, Sql } from "../db/database.ts";

/** Keys of the instance. Made at first start, kept in the database and so in its backups, never rotated. */
export interface InstanceSecrets {
  /** Signs access tokens (HS256). */
  readonly accessToken: Buffer;
  /** Keys the hashes under which refresh tokens, recovery tokens and throttle entries are stored. */
  readonly storedHash: Buffer;
  /** Keys the salt that prelogin makes up for a login without one. */
  readonly preloginSalt: Buffer;
  /** The directory's Ed25519 private key (PKCS #8, DER): signs public keys of users without an identity key. */
  readonly directoryKey: Buffer;
}

const NAMES = {
  accessToken: "access_token",
  storedHash: "stored_hash",
  preloginSalt: "prelogin_salt",
  directoryKey: "directory_key",
} as const satisfies Record<keyof InstanceSecrets, string>;

/** Reads the secrets, first making those that are missing. Servers that start together agree on one set. */
export async function loadInstanceSecrets(database: Database): Promise<InstanceSecrets> {
  return await database.run(async (sql) => {
    const entries = Object.entries(NAMES).map(
      async ([field, name]) => [field, await secret(sql, name)] as const,
    );
    return Object.fromEntries(await Promise.all(entries)) as unknown as InstanceSecrets;
  });
}

async function secret(sql: Sql, name: string): Promise<Buffer> {
  const fresh = name === NAMES.directoryKey ? newDirectoryKey() : randomBytes(32);
  await sql`INSERT INTO instance_secrets (name, value) VALUES (${name}, ${fresh}) ON CONFLICT DO NOTHING`;
  const [row] = await sql<{ value: Buffer }[]>`SELECT value FROM instance_secrets WHERE name = ${name}`;
  if (!row) throw new Error(`the instance secret ${name} vanished while it was read`);
  return row.value;
}

function newDirectoryKey(): Buffer {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" });
}
