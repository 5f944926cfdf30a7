declare const self: ServiceWorkerGlobalScope;

/** Shows the chat that a notification was about: in the window that is there, or else in a new one. */
export async function openChat(chatId: unknown): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const [latest] = windows.filter(({ url }) => new URL(url).pathname === "/");
  const isChat = typeof chatId === "number";
  if (!latest) {
    await self.clients.openWindow(isChat ? `/#/chat/${chatId}` : "/");
    return;
  }
  if (isChat) latest.postMessage({ type: "open-chat", chatId });
  await latest.focus();
}
