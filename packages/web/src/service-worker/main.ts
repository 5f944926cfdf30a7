import { answer } from "./answer.ts";
import { openChat } from "./notification.ts";
import { dropOldVersions, installShell } from "./versions.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => event.waitUntil(installShell()));

self.addEventListener("activate", (event) =>
  event.waitUntil(dropOldVersions().then(() => self.clients.claim())),
);

self.addEventListener("fetch", (event) => {
  const response = answer(event.request);
  if (response) event.respondWith(response);
});

// A new version waits for this: what somebody is looking at is not exchanged beneath them.
self.addEventListener("message", ({ data }) => {
  if (data?.type === "apply-update") void self.skipWaiting();
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openChat(event.notification.data?.chatId));
});
