// Several tabs hear of the same message. Locks end with the tab that holds them, also when it crashes. Without them, each tab
// takes itself for the only one: the system still shows one notification a chat, as all tabs give it the same name.

const LOOKED_AT = "tacit.looked-at/";
/** Of this tab: it takes a moment until it is let go, and must not count as another's. */
const LOOKED_AT_HERE = LOOKED_AT + crypto.randomUUID();
const ANNOUNCER = "tacit.announcer";

/** Old browsers lack it. */
const locks: LockManager | undefined = navigator.locks;

/** Whether somebody looks at this tab. */
export function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Whether somebody looks at another tab of the app. */
export async function isLookedAtElsewhere(): Promise<boolean> {
  const { held = [] } = (await locks?.query()) ?? {};
  return held.some(({ name }) => name?.startsWith(LOOKED_AT) && name !== LOOKED_AT_HERE);
}

/** One of the tabs that nobody looks at announces what arrives. Tells the others, until the signal, when it is looked at itself. */
export function shareWithOtherTabs(signal: AbortSignal): { readonly isAnnouncer: () => boolean } {
  if (!locks) return { isAnnouncer: () => true };
  let announces = false;
  const untilOver = () => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  // A request that is still waiting ends with the signal's reason.
  locks
    .request(ANNOUNCER, { signal }, async () => {
      announces = true;
      await untilOver();
    })
    .catch(() => undefined);
  holdWhileLookedAt(locks, signal);
  return { isAnnouncer: () => announces };
}

function holdWhileLookedAt(locks: LockManager, over: AbortSignal): void {
  let release: (() => void) | undefined;
  const look = () => {
    const isHeld = isLookedAt() && !over.aborted;
    if (isHeld === (release !== undefined)) return;
    release?.();
    release = undefined;
    if (!isHeld) return;
    const end = new Promise<void>((resolve) => {
      release = resolve;
    });
    void locks.request(LOOKED_AT_HERE, () => end);
  };
  over.addEventListener("abort", look);
  addEventListener("focus", look, { signal: over });
  addEventListener("blur", look, { signal: over });
  document.addEventListener("visibilitychange", look, { signal: over });
  look();
}
