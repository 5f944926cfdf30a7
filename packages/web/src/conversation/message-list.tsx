import { ChevronDown } from "lucide-react";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { Button } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useTexts } from "../language/language.tsx";
import { mayWrite, useSetting } from "./deeds.tsx";
import { MenuArea } from "./menu-area.tsx";
import styles from "./message-list.module.css";
import { RowView } from "./row.tsx";
import type { Place, Snapshot } from "./snapshot.ts";
import { useSwipe } from "./swipe.ts";
import type { Timeline } from "./timeline.ts";
import { useScrolling } from "./use-scrolling.ts";

/** The messages of a chat, of which only those on the screen are drawn. */
export function MessageList({
  timeline,
  snapshot,
  unread,
  selected,
  onSeen,
  onPlace,
  onLeave,
}: {
  readonly timeline: Timeline;
  readonly snapshot: Snapshot;
  readonly unread: number;
  /** Keys of the messages that are selected, while some are being selected. */
  readonly selected: ReadonlySet<string> | undefined;
  /** The last message that was seen. */
  readonly onSeen: (messageId: number) => void;
  /** Where one is; nothing at the end. */
  readonly onPlace: (place: Place | undefined) => void;
  /** The keyboard goes on before or after the list. */
  readonly onLeave: (to: "before" | "after") => void;
}) {
  const texts = useTexts();
  const setting = useSetting();
  const { rows, hasNewer, hasOlder, epoch } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<string>();
  const { list, isAway, marked, isShifted, look, onScrollEnd, onResize } = useScrolling({
    timeline,
    snapshot,
    onSeen,
    onPlace,
    onAim: setCurrent,
  });

  const isSelecting = selected !== undefined;
  const messageOf = (key: string | undefined) => {
    const row = rows.find((row) => row.key === key);
    return row?.kind === "message" && !row.message.system ? row.message : undefined;
  };
  const find = (key: string) => (isSelecting ? undefined : messageOf(key));
  const reply = (key: string | undefined) => {
    const message = messageOf(key);
    if (message?.id !== undefined && mayWrite(setting) && !isSelecting) setting.deeds.reply(message);
  };
  useSwipe(scroller, reply);

  const focusRow = (at: number) => {
    const row = rows[at];
    if (!row) return;
    setCurrent(row.key);
    list.current?.scrollToIndex(at, { align: "nearest" });
    // It may have to be drawn first.
    requestAnimationFrame(() => articleOf(scroller.current, row.key)?.focus({ preventScroll: true }));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const article = (event.target as HTMLElement).closest("article");
    const at = rows.findIndex(({ key }) => key === article?.dataset.key);
    if (event.key === "PageDown" || event.key === "PageUp") {
      event.preventDefault();
      focusRow(at < 0 ? rows.length - 1 : at + (event.key === "PageDown" ? 1 : -1));
    } else if (event.ctrlKey && (event.key === "Home" || event.key === "End")) {
      event.preventDefault();
      onLeave(event.key === "Home" ? "before" : "after");
    } else if (event.target === article && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (event.code === "KeyR") {
        event.preventDefault();
        reply(article?.dataset.key);
      } else if (event.key === "Enter") article?.querySelector<HTMLElement>("[aria-haspopup]")?.click();
    }
  };

  const currentKey =
    current !== undefined && rows.some(({ key }) => key === current) ? current : rows.at(-1)?.key;
  const isWhole = !hasOlder && !hasNewer;
  const kept = useMemo(() => {
    const at = rows.findIndex(({ key }) => key === current);
    return at < 0 ? [] : [at];
  }, [rows, current]);

  return (
    <div className={styles.frame}>
      <MenuArea find={find}>
        {/* biome-ignore lint/a11y: a feed has articles, and is none without any. */}
        <div
          ref={scroller}
          className={styles.scroller}
          role={rows.length > 0 ? "feed" : undefined}
          aria-label={rows.length > 0 ? texts.conversation.messages : undefined}
          aria-busy={snapshot.isOpening || snapshot.isLoading !== undefined}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            const key = (event.target as HTMLElement).closest("article")?.dataset.key;
            if (key !== undefined) setCurrent(key);
          }}
        >
          <div className={styles.spacer} />
          <Virtualizer
            key={epoch}
            ref={list}
            data={rows}
            shift={isShifted}
            bufferSize={600}
            keepMounted={kept}
            onScroll={look}
            onScrollEnd={onScrollEnd}
            onResize={onResize}
          >
            {(row, at) => (
              <RowView
                key={row.key}
                row={row}
                place={at + 1}
                count={isWhole ? rows.length : -1}
                isCurrent={row.key === currentKey}
                isMarked={row.key === marked}
                isSelecting={isSelecting}
                isSelected={selected?.has(row.key) ?? false}
              />
            )}
          </Virtualizer>
          <div className={styles.foot} />
        </div>
      </MenuArea>
      {rows.length === 0 && isWhole && !snapshot.isOpening ? <NothingYet /> : null}
      {snapshot.isOlderMissing ? (
        <div className={styles.notice} role="status">
          {texts.conversation.olderMissing}
          <Button onClick={() => void timeline.loadOlder()}>{texts.common.retry}</Button>
        </div>
      ) : snapshot.isOpening || snapshot.isLoading === "older" ? (
        <div className={styles.loading}>
          <Spinner label={texts.common.loading} />
        </div>
      ) : null}
      {isAway || hasNewer ? <ToNewest unread={unread} onClick={() => void timeline.goToNewest()} /> : null}
    </div>
  );
}

/** What is said here is going to be the first. */
function NothingYet() {
  const { chats, conversation } = useTexts();
  const { encrypted } = useSetting();
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{chats.empty}</p>
      <p>{encrypted ? conversation.emptyEncrypted : conversation.emptyPlain}</p>
    </div>
  );
}

/** The way to the end, and how much there is to read on it. */
function ToNewest({ unread, onClick }: { readonly unread: number; readonly onClick: () => void }) {
  const { conversation } = useTexts();
  return (
    <button
      type="button"
      className={styles.newest}
      aria-label={unread > 0 ? conversation.newestMessageUnread(unread) : conversation.newestMessage}
      onClick={onClick}
    >
      <ChevronDown size={22} aria-hidden />
      {unread > 0 ? <span className={styles.count}>{unread > 999 ? "999+" : unread}</span> : null}
    </button>
  );
}

function articleOf(scroller: HTMLElement | null, key: string): HTMLElement | undefined {
  const articles = scroller?.querySelectorAll<HTMLElement>("article") ?? [];
  return [...articles].find((article) => article.dataset.key === key);
}
