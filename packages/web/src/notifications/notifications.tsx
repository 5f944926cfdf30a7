import type { Tacit } from "@tacit/client";
import { useEffect, useEffectEvent, useRef } from "react";
import { useLocation } from "wouter";
import { namesOf } from "../chats/system-text.ts";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { routes } from "../routes.ts";
import { announcementOf } from "./announcement.ts";
import { type Arrival, gatherArrivals } from "./arrivals.ts";
import { preferences } from "./preferences.ts";
import { chime } from "./sound.ts";
import { closeOutside, showOutside } from "./system.ts";
import { isLookedAt, isLookedAtElsewhere, shareWithOtherTabs } from "./tabs.ts";

/** Announces new messages, where the person looks or else by the system, and counts them in the title. It shows nothing itself. */
export function Notifications() {
  useAnnouncements();
  useCountInTitle();
  useOpeningByNotification();
  return null;
}

function useAnnouncements(): void {
  const tacit = useTacit();
  const toast = useToast();
  const texts = useTexts();
  const [location, navigate] = useLocation();
  const takeBack = useRef(new Map<number, () => void>());

  const announce = useEffectEvent(async (arrivals: readonly Arrival[], isAnnouncer: () => boolean) => {
    const { isOn, showsText, hasSound } = preferences();
    if (!isOn) return;
    const open = openChat(location);
    const isHere = isLookedAt();
    const told = arrivals.filter(({ chat }) => !isHere || chat.id !== open);
    if (told.length === 0 || (!isHere && (!isAnnouncer() || (await isLookedAtElsewhere())))) return;
    for (const arrival of told) {
      const { id: chatId } = arrival.chat;
      const { title, body } = announcementOf(arrival, { showsText, names: namesOf(tacit, texts), texts });
      const onOpen = () => navigate(routes.chat(chatId));
      if (!isHere) await showOutside({ chatId, title, body, onOpen });
      else {
        takeBack.current.get(chatId)?.();
        const action = { label: texts.notifications.open, run: onOpen };
        takeBack.current.set(chatId, toast({ text: `${title}: ${body}`, action }));
      }
    }
    // A device without a loudspeaker stays silent.
    if (hasSound) chime().catch(() => undefined);
  });

  useEffect(() => {
    const over = new AbortController();
    const { isAnnouncer } = shareWithOtherTabs(over.signal);
    const stops = [
      gatherArrivals(tacit, (arrivals) => void announce(arrivals, isAnnouncer)),
      tacit.on("chats", () => {
        for (const [chatId, dismiss] of takeBack.current)
          if (isRead(tacit, chatId) && takeBack.current.delete(chatId)) dismiss();
        void closeOutside((chatId) => isRead(tacit, chatId));
      }),
    ];
    return () => {
      over.abort();
      for (const stop of stops) stop();
    };
  }, [tacit]);
}

/** So that it is seen in another tab, and at the app's icon. */
function useCountInTitle(): void {
  useVersion("chats");
  const tacit = useTacit();
  const { appName } = useTexts().common;
  const unread = tacit.chats.list().reduce((sum, chat) => sum + (chat.mutedUntil ? 0 : chat.unread), 0);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${appName}` : appName;
    // Some browsers lack it, and some refuse it for a page that is not installed.
    void navigator.setAppBadge?.(unread).catch(() => undefined);
    return () => {
      document.title = appName;
      void navigator.clearAppBadge?.().catch(() => undefined);
    };
  }, [unread, appName]);
}

/** The service worker tells which chat somebody pressed. */
function useOpeningByNotification(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const hear = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "object" || data === null) return;
      const [type, chatId] = [Reflect.get(data, "type"), Reflect.get(data, "chatId")];
      if (type === "open-chat" && typeof chatId === "number") navigate(routes.chat(chatId));
    };
    navigator.serviceWorker?.addEventListener("message", hear);
    return () => navigator.serviceWorker?.removeEventListener("message", hear);
  }, [navigate]);
}

function openChat(location: string): number | undefined {
  const [, id] = /^\/chat\/(\d+)/.exec(location) ?? [];
  return id === undefined ? undefined : Number(id);
}

function isRead(tacit: Tacit, chatId: number): boolean {
  return !tacit.chats.get(chatId)?.unread;
}
