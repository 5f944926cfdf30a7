import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from "react";
import { useLocation } from "wouter";
import { type ChatFacts, useChatFacts } from "../chats/facts.ts";
import { Composer } from "../composer/composer.tsx";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import { Announcer } from "./announcer.tsx";
import styles from "./conversation.module.css";
import { mayWrite, SettingContext } from "./deeds.tsx";
import { Gone } from "./gone.tsx";
import { Header } from "./header.tsx";
import { HeaderMenu } from "./header-menu.tsx";
import { IdentityBanner } from "./identity-banner.tsx";
import { useLastDraft } from "./last-draft.ts";
import { MessageList } from "./message-list.tsx";
import { rememberPlace } from "./places.ts";
import { SearchBar } from "./search-bar.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import type { Place } from "./snapshot.ts";
import { TargetProvider } from "./target.tsx";
import type { Timeline } from "./timeline.ts";
import { useDeeds } from "./use-deeds.tsx";
import { useIdentity } from "./use-identity.ts";
import { useTimeline } from "./use-timeline.ts";

/** A chat: what was said in it, and where to say something. */
export function Conversation({
  chatId,
  messageId,
  isSearching,
}: {
  readonly chatId: number;
  readonly messageId?: number;
  readonly isSearching: boolean;
}) {
  const facts = useChatFacts(chatId);
  const draft = useLastDraft(chatId);
  if (!facts) return <Gone draft={draft.current} />;
  return (
    <TargetProvider>
      <OpenChat facts={facts} messageId={messageId} isSearching={isSearching} />
    </TargetProvider>
  );
}

function OpenChat({
  facts,
  messageId,
  isSearching,
}: {
  readonly facts: ChatFacts;
  readonly messageId: number | undefined;
  readonly isSearching: boolean;
}) {
  const { id: chatId, chat, kind, myRole, encrypted, unread, peer } = facts;
  const texts = useTexts();
  const [timeline, snapshot] = useTimeline(chatId, messageId);
  const { deeds, selected, leaveSelection, dialogs } = useDeeds(chatId, timeline);
  const identity = useIdentity(peer?.id);
  const [, navigate] = useLocation();
  const frame = useRef<HTMLElement>(null);
  useEffect(() => chat.follow(), [chat]);
  useMissed(snapshot.missed);
  const onPlace = usePlace(chatId);
  const onSeen = useReading(facts);
  const setting = useMemo(
    () => ({ chatId, kind, myRole, encrypted, deeds }),
    [chatId, kind, myRole, encrypted, deeds],
  );
  const keys = useMemo(() => selected && new Set(selected.keys()), [selected]);
  const onLeave = useCallback((to: "before" | "after") => {
    const places =
      to === "before" ? ["[data-place=before] button"] : ["textarea", "[data-place=after] button"];
    const [first] = places.flatMap((place) => frame.current?.querySelector<HTMLElement>(place) ?? []);
    first?.focus();
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && selected) leaveSelection();
  };
  return (
    <SettingContext value={setting}>
      <section ref={frame} className={styles.conversation} aria-label={facts.title} onKeyDown={onKeyDown}>
        <div data-place="before">
          <Header facts={facts} identity={identity}>
            <HeaderMenu facts={facts} onSearch={() => navigate(routes.search(chatId))} />
          </Header>
        </div>
        {isSearching ? <SearchBar onClose={() => navigate(routes.chat(chatId), { replace: true })} /> : null}
        {selected ? <SelectionBar messages={[...selected.values()]} onLeave={leaveSelection} /> : null}
        {peer && identity?.changed ? <IdentityBanner peer={peer} /> : null}
        <Trouble error={snapshot.error} />
        <MessageList
          timeline={timeline}
          snapshot={snapshot}
          unread={unread}
          selected={keys}
          onSeen={onSeen}
          onPlace={onPlace}
          onLeave={onLeave}
        />
        <Reaching timeline={timeline} share={snapshot.reaching} />
        <Announcer messages={snapshot.arrived} />
        <div data-place="after">
          {mayWrite(facts) ? (
            <Composer chat={chat} />
          ) : (
            <p className={styles.closed}>{texts.conversation.readOnlyChannel}</p>
          )}
        </div>
        {dialogs}
      </section>
    </SettingContext>
  );
}

function Trouble({ error }: { readonly error: unknown }) {
  const language = useLanguage();
  return error === undefined ? null : <Note look="alert">{errorText(error, language)}</Note>;
}

/** The way to a message that is not on this device yet, and how to give it up. */
function Reaching({ timeline, share }: { readonly timeline: Timeline; readonly share: number | undefined }) {
  const { texts, locale } = useLanguage();
  if (share === undefined) return null;
  const percent = new Intl.NumberFormat(locale, { style: "percent" }).format(share);
  return (
    <div className={styles.reaching} role="status">
      {texts.conversation.reaching(percent)}
      <Button onClick={() => timeline.cancel()}>{texts.common.cancel}</Button>
    </div>
  );
}

function useMissed(missed: number): void {
  const { conversation } = useTexts();
  const toast = useToast();
  const told = useRef(0);
  useEffect(() => {
    if (missed > told.current) toast({ text: conversation.messageGone });
    told.current = missed;
  }, [missed, toast, conversation]);
}

/** Remembers where one is when the chat is left. */
function usePlace(chatId: number): (place: Place | undefined) => void {
  const tacit = useTacit();
  const place = useRef<Place>(undefined);
  useEffect(() => () => rememberPlace(tacit, chatId, place.current), [tacit, chatId]);
  return useCallback((at) => {
    place.current = at;
  }, []);
}

/** Marks as read what was seen. */
function useReading({ id: chatId }: ChatFacts): (messageId: number) => void {
  const tacit = useTacit();
  const read = useRef(0);
  return useCallback(
    (id) => {
      const chat = tacit.chats.get(chatId);
      if (!chat || id <= Math.max(read.current, chat.readId)) return;
      read.current = id;
      // Offline it is told later; if the chat goes meanwhile nobody needs it.
      chat.markRead(id).catch(() => undefined);
    },
    [tacit, chatId],
  );
}
