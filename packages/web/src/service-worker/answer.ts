import { EMOJI_CACHE, SHELL_CACHE, SHELL_PATHS } from "./versions.ts";

/** Pictures of people and chats; what was added first goes first. */
const AVATAR_CACHE = "avatars";
const AVATARS_AT_MOST = 500;

/**
 * Answers what belongs to the app from what is kept, so that it opens at once and without a network. Whatever else is
 * asked for, the server's API above all, goes the way it would go without a service worker.
 *
 * @returns nothing where the browser shall go on by itself
 */
export function answer(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return undefined;
  if (SHELL_PATHS.has(pathname)) return fromShell(request, pathname);
  if (pathname.startsWith("/assets/")) return cacheFirst(request, SHELL_CACHE);
  if (pathname.startsWith("/emoji/")) return cacheFirst(request, EMOJI_CACHE);
  if (pathname.startsWith("/avatars/")) return cacheFirst(request, AVATAR_CACHE, AVATARS_AT_MOST);
  return undefined;
}

/** By path: nothing after a question mark makes another page of it. */
async function fromShell(request: Request, path: string): Promise<Response> {
  const kept = await caches.match(path, { ...MATCHING, cacheName: SHELL_CACHE });
  return kept ?? fetch(request);
}

/** In any cache: a part of the version before this one is in that one's. */
async function cacheFirst(request: Request, cacheName: string, atMost = Infinity): Promise<Response> {
  const kept = await caches.match(request, MATCHING);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.status === 200 && response.type === "basic") {
    // Nobody waits for it, and without room for it the answer is as good.
    keep(request, response.clone(), cacheName, atMost).catch(() => undefined);
  }
  return response;
}

/** Answers vary by encoding and origin alone; here both are always the same. */
const MATCHING = { ignoreVary: true };

async function keep(request: Request, response: Response, cacheName: string, atMost: number): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.put(request, response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - atMost)).map((oldest) => cache.delete(oldest)));
}
