import type { WatchNetwork } from "./network.ts";

/** The browser says that it is online again, or somebody looks at the page again, which may have slept. */
export const watchNetwork: WatchNetwork = (returned) => {
  const page = typeof document === "undefined" ? undefined : document;
  const seen = () => {
    if (page?.visibilityState === "visible") returned();
  };
  globalThis.addEventListener?.("online", returned);
  page?.addEventListener("visibilitychange", seen);
  return () => {
    globalThis.removeEventListener?.("online", returned);
    page?.removeEventListener("visibilitychange", seen);
  };
};

/** Milliseconds between two tries to connect, at most. */
export const LONGEST_WAIT = 30_000;
