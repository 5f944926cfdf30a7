import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, from the built program. */
export const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** The built server. */
export const SERVER_MAIN = join(REPOSITORY, "packages/server/dist/main.js");

/** Runs `work` with a directory that is gone afterwards. */
export async function withTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "tacit-bench-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
