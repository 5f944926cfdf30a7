/** How often a page that stays open asks whether there is a new version, in milliseconds. */
const CHECK_EVERY = 60 * 60 * 1000;

/**
 * Lets the browser keep the app, so that it opens without a network and can be installed, and tells when the server has
 * a new version of it. That one waits until it is applied; applying it loads the page again, so that a page can first
 * put away what somebody is writing. Call it once.
 *
 * @param onReady takes what applies the new version; called again if yet another one comes
 */
export function watchForUpdate(onReady: (apply: () => void) => void): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Some browsers refuse in private windows or without room: then the app works like any page, with a network.
  watch(navigator.serviceWorker, onReady).catch(() => undefined);
}

async function watch(container: ServiceWorkerContainer, onReady: (apply: () => void) => void): Promise<void> {
  let isFirst = container.controller === null;
  let isAsked = false;
  const reload = () => location.reload();
  container.addEventListener("controllerchange", () => {
    if (isAsked) reload();
    // Applied in another tab: this one still shows the version before.
    else if (!isFirst) onReady(reload);
    isFirst = false;
  });
  const registration = await container.register("/sw.js", { updateViaCache: "none" });
  const offer = (waiting: ServiceWorker) =>
    onReady(() => {
      isAsked = true;
      waiting.postMessage({ type: "apply-update" });
    });
  if (registration.waiting && container.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && container.controller) offer(installing);
    });
  });
  checkNowAndThen(registration);
}

function checkNowAndThen(registration: ServiceWorkerRegistration): void {
  let checked = Date.now();
  const check = () => {
    if (document.visibilityState === "hidden" || Date.now() - checked < CHECK_EVERY) return;
    checked = Date.now();
    // Without a network there is nothing new.
    registration.update().catch(() => undefined);
  };
  document.addEventListener("visibilitychange", check);
  setInterval(check, CHECK_EVERY / 4);
}
