import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePrivateFile } from "../../durable-files.ts";

/** The role the server uses and the name of its database. */
export const SERVER_ROLE = "tacit";
/** The role that may do everything. */
export const SUPERUSER_ROLE = "postgres";

/** Generated passwords of the two roles; they are base64url, so safe in any quoting. */
export interface Passwords {
  server: string;
  superuser: string;
}

const ITERATIONS = 4096;

/** Where the superuser's password is kept, in a form initdb reads. */
export function superuserPasswordFile(dataDirectory: string): string {
  return join(dataDirectory, "postgres-superuser.password");
}

function serverPasswordFile(dataDirectory: string): string {
  return join(dataDirectory, "postgres-server.password");
}

/** The kept passwords, or undefined when a file is missing or empty. */
export async function readPasswords(dataDirectory: string): Promise<Passwords | undefined> {
  const server = await readIfThere(serverPasswordFile(dataDirectory));
  const superuser = await readIfThere(superuserPasswordFile(dataDirectory));
  return server && superuser ? { server, superuser } : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Fresh passwords, 192 bits each. */
export function generatePasswords(): Passwords {
  const generate = () => randomBytes(24).toString("base64url");
  return { server: generate(), superuser: generate() };
}

/** Keeps the passwords in files of mode 0600. */
export async function keepPasswords(dataDirectory: string, passwords: Passwords): Promise<void> {
  await writePrivateFile(serverPasswordFile(dataDirectory), `${passwords.server}\n`);
  await writePrivateFile(superuserPasswordFile(dataDirectory), `${passwords.superuser}\n`);
}

/** What PostgreSQL stores for a password (RFC 5803), so that the password itself is in no statement. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
