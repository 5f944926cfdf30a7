import { chmod, mkdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";

/** A LevelDB of ASCII keys and octets. */
export type Level = ClassicLevel<string, Uint8Array>;

/**
 * Opens the LevelDB of a directory, which nobody but its owner can enter from then on.
 * @param isNew that it is made if it is missing; otherwise a lost one would pass for an empty one
 */
export async function openLevel(path: string, { isNew }: { readonly isNew: boolean }): Promise<Level> {
  if (isNew) await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  const level: Level = new ClassicLevel(path, { keyEncoding: "utf8", valueEncoding: "view" });
  // What is sealed cannot be compressed.
  await level.open({ createIfMissing: isNew, compression: false });
  return level;
}

/** Removes LevelDB's files, unless somebody has them open; it does not mind if there are none. */
export async function destroyLevel(path: string): Promise<void> {
  await ClassicLevel.destroy(path);
}
