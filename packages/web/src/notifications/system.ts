/** What the operating system shows. */
export interface SystemNotification {
  readonly chatId: number;
  readonly title: string;
  readonly body: string;
  /** Somebody pressed it, where no service worker hears that. */
  readonly onOpen: () => void;
}

/** Whether the person lets this page use the system's notifications; `unsupported` where there are none. */
export type Permission = NotificationPermission | "unsupported";

/** What the browser says about it now. */
export function permission(): Permission {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

/** Asks the person, who has just pressed a button for it. */
export async function askPermission(): Promise<Permission> {
  return "Notification" in globalThis ? await Notification.requestPermission() : "unsupported";
}

const TAG = "chat-";
const shown = new Map<number, Notification>();
/** Those of a tab before this one may still be there. */
let mayBeShown = true;

/** Shows one, in the place of any of the same chat. The service worker hears it pressed also when no tab is open. */
export async function showOutside({ chatId, title, body, onOpen }: SystemNotification): Promise<void> {
  if (permission() !== "granted") return;
  const options = { body, tag: TAG + chatId, icon: "/icons/192.png", silent: true, data: { chatId } };
  const registration = await activeRegistration();
  if (registration) {
    // A newer message is announced anew; the type of TypeScript's library lacks that.
    const anew: NotificationOptions & { readonly renotify: boolean } = { ...options, renotify: true };
    await registration.showNotification(title, anew);
    // Whoever looked meanwhile did not see it yet, and noted that there is none.
    mayBeShown = true;
    return;
  }
  try {
    const notification = new Notification(title, options);
    shown.set(chatId, notification);
    mayBeShown = true;
    notification.onclick = () => {
      globalThis.focus();
      notification.close();
      onOpen();
    };
  } catch {
    // A phone's browser shows them by a service worker alone, and there is none: the count in the title has to do.
  }
}

/** Takes back what is shown of these chats. */
export async function closeOutside(isOver: (chatId: number) => boolean): Promise<void> {
  if (!mayBeShown) return;
  mayBeShown = false;
  for (const [chatId, notification] of shown) {
    if (!isOver(chatId)) {
      mayBeShown = true;
      continue;
    }
    notification.close();
    shown.delete(chatId);
  }
  const registration = await activeRegistration();
  for (const notification of (await registration?.getNotifications()) ?? []) {
    const { tag } = notification;
    if (!tag.startsWith(TAG)) continue;
    if (isOver(Number(tag.slice(TAG.length)))) notification.close();
    else mayBeShown = true;
  }
}

async function activeRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  return registration?.active ? registration : undefined;
}
