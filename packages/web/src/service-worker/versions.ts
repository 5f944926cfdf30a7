const SHELLS = "shell-";
const EMOJI = "emoji-";

/** Where the files of this version are kept. */
export const SHELL_CACHE = `${SHELLS}${__SHELL_VERSION__}`;

/** Where the names of emoji are kept, once they were used. */
export const EMOJI_CACHE = `${EMOJI}${__EMOJI_VERSION__}`;

const SHELL = __SHELL__;

/** Paths of the files that this version consists of. */
export const SHELL_PATHS: ReadonlySet<string> = new Set(SHELL.map(([path]) => path));

/**
 * Downloads every file of this version. The hashes let no file of another version in, not even when the server is
 * upgraded while this runs.
 */
export async function installShell(): Promise<void> {
  const cache = await caches.open(SHELL_CACHE);
  await cache.addAll(SHELL.map(([path, integrity]) => new Request(path, { integrity, ...freshness(path) })));
}

/** Only what lies in /assets/ has another name when its content changes. */
function freshness(path: string): RequestInit {
  return path.startsWith("/assets/") ? {} : { cache: "no-cache" };
}

/** Keeps the version before this one: a tab that still shows it may ask for a part that it has not loaded yet. */
export async function dropOldVersions(): Promise<void> {
  const names = await caches.keys();
  const shells = names.filter((name) => name.startsWith(SHELLS) && name !== SHELL_CACHE);
  const emoji = names.filter((name) => name.startsWith(EMOJI) && name !== EMOJI_CACHE);
  await Promise.all([...shells.slice(0, -1), ...emoji].map((name) => caches.delete(name)));
}
