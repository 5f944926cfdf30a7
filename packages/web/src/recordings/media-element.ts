/** The browser cannot play it. */
export class UnplayableError extends Error {
  override readonly name = "UnplayableError";
}

/** Seconds: later than the end of anything. */
const BEYOND = 1e7;

/**
 * Opens a recording in an element, so that it can be played and any place in it be gone to.
 *
 * @returns how long it is, in milliseconds, if that can be told
 * @throws UnplayableError; the signal's reason
 */
export async function openMedia(
  element: HTMLMediaElement,
  blob: Blob,
  signal: AbortSignal,
): Promise<number | undefined> {
  const url = URL.createObjectURL(blob);
  // What is opened can do without its address only once something else is opened in its place.
  signal.addEventListener("abort", () => URL.revokeObjectURL(url), { once: true });
  element.src = url;
  await eventOf(element, "loadedmetadata", signal);
  if (Number.isFinite(element.duration)) return element.duration * 1000;
  // A recorder writes no length into the head of the file: the browser learns it where the file ends.
  element.currentTime = BEYOND;
  await eventOf(element, "seeked", signal);
  return Number.isFinite(element.duration) ? element.duration * 1000 : undefined;
}

function eventOf(element: HTMLMediaElement, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const settle = (end: () => void) => () => {
      over.abort();
      end();
    };
    const once = { signal: over.signal };
    element.addEventListener(name, settle(resolve), once);
    element.addEventListener(
      "error",
      settle(() => reject(new UnplayableError())),
      once,
    );
    signal.addEventListener(
      "abort",
      settle(() => reject(signal.reason)),
      once,
    );
  });
}
