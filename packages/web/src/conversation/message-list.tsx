import { ChevronDown } from "lucide-react";
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { Button } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useTexts } from "../language/language.tsx";
import { mayWrite, useSetting } from "./deeds.tsx";
import { MenuArea } from "./menu-area.tsx";
import styles from "./message-list.module.css";
import { RowView } from "./row.tsx";
import { changeOf } from "./row-change.ts";
import type { Row } from "./rows.ts";
import type { Place, Snapshot } from "./snapshot.ts";
import { useSwipe } from "./swipe.ts";
import type { Timeline } from "./timeline.ts";
import { isWatched } from "./watched.ts";

/** Pixels from an end at which the next page is asked for, and within which one is at the end. */
const NEAR = 1200;
const AT_END = 32;
/** Milliseconds for which it is shown which message was meant. */
const MARKED = 2000;

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
  const { rows, hasNewer, hasOlder, aim, epoch } = snapshot;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useRef<readonly Row[]>(rows);
  const isAtEnd = useRef(true);
  const anchor = useRef<{ key: string; offset: number } | undefined>(undefined);
  const [isAway, setAway] = useState(false);
  const [current, setCurrent] = useState<string>();
  const [marked, setMarked] = useState<string>();
  const latest = useRef({ rows, snapshot, onSeen, onPlace });
  latest.current = { rows, snapshot, onSeen, onPlace };

  const toEnd = useCallback(() => {
    const last = latest.current.rows.length - 1;
    // Beyond the last line there is a margin.
    if (last >= 0) list.current?.scrollToIndex(last, { align: "end", offset: 200 });
  }, []);

  /** Looks where one is: nothing of it makes the browser lay anything out. */
  const look = useCallback(() => {
    const handle = list.current;
    const { rows, snapshot, onSeen, onPlace } = latest.current;
    if (!handle || rows.length === 0) return;
    const { scrollOffset, viewportSize, scrollSize } = handle;
    const first = handle.findItemIndex(scrollOffset);
    const last = handle.findItemIndex(scrollOffset + viewportSize - 1);
    const row = rows[first];
    anchor.current = row && { key: row.key, offset: handle.getItemOffset(first) - scrollOffset };
    const isEnd = scrollOffset + viewportSize >= scrollSize - AT_END && !snapshot.hasNewer;
    isAtEnd.current = isEnd;
    setAway(!isEnd);
    onPlace(isEnd ? undefined : placeOf(row, anchor.current));
    if (isWatched()) seen(rows, isEnd ? rows.length - 1 : last, onSeen);
    if (scrollOffset < NEAR && !snapshot.isOlderMissing) void timeline.loadOlder();
    if (scrollOffset + viewportSize > scrollSize - NEAR) void timeline.loadNewer();
  }, [timeline]);

  const change = changeOf(drawn.current, rows);
  useLayoutEffect(() => {
    const before = drawn.current;
    drawn.current = rows;
    if (before === rows) return;
    const last = rows.at(-1);
    const isOwnNew =
      last?.kind === "message" &&
      last.message.id === undefined &&
      before.length > 0 &&
      !before.some(({ key }) => key === last.key);
    if (isOwnNew || (isAtEnd.current && !hasNewer)) toEnd();
    else if (changeOf(before, rows) === "other") keepAnchor(list.current, rows, anchor.current);
  }, [rows, hasNewer, toEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an aim is taken once.
  useLayoutEffect(() => {
    if (!aim) return;
    const at = aim.key === undefined ? -1 : rows.findIndex(({ key }) => key === aim.key);
    if (at < 0) {
      isAtEnd.current = !hasNewer;
      toEnd();
    } else {
      isAtEnd.current = false;
      list.current?.scrollToIndex(at, { align: aim.align, offset: aim.align === "start" ? -aim.offset : 0 });
      setCurrent(aim.key);
    }
    if (!aim.isMarked || at < 0) return;
    setMarked(aim.key);
    const timer = setTimeout(() => setMarked(undefined), MARKED);
    return () => clearTimeout(timer);
  }, [aim?.serial]);

  // Coming back to the window is seeing what is in it.
  useEffect(() => {
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [look]);

  const height = useRef(0);
  const onResize = useCallback(() => {
    const now = list.current?.viewportSize ?? 0;
    const grown = now - height.current;
    const wasThere = height.current > 0;
    height.current = now;
    if (isAtEnd.current) toEnd();
    // The keyboard comes from below: what stood above it still does.
    else if (wasThere && grown !== 0) list.current?.scrollBy(-grown);
    look();
  }, [look, toEnd]);

  const onScrollEnd = useCallback(() => {
    const handle = list.current;
    if (!handle) return;
    look();
    timeline.trim(
      handle.findItemIndex(handle.scrollOffset),
      handle.findItemIndex(handle.scrollOffset + handle.viewportSize),
    );
  }, [look, timeline]);

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
            shift={change === "start"}
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
      {isAway || hasNewer ? (
        <button
          type="button"
          className={styles.newest}
          aria-label={
            unread > 0 ? texts.conversation.newestMessageUnread(unread) : texts.conversation.newestMessage
          }
          onClick={() => void timeline.goToNewest()}
        >
          <ChevronDown size={22} aria-hidden />
          {unread > 0 ? <span className={styles.count}>{unread > 999 ? "999+" : unread}</span> : null}
        </button>
      ) : null}
    </div>
  );
}

function seen(rows: readonly Row[], last: number, tell: (messageId: number) => void): void {
  for (let at = last; at >= 0; at--) {
    const row = rows[at];
    if (row?.kind !== "message" || row.message.id === undefined) continue;
    tell(row.message.id);
    return;
  }
}

function placeOf(row: Row | undefined, at: { key: string; offset: number } | undefined): Place | undefined {
  if (row?.kind !== "message" || row.message.id === undefined || !at) return undefined;
  return { id: row.message.id, key: row.key, offset: at.offset };
}

function keepAnchor(
  handle: VirtualizerHandle | null,
  rows: readonly Row[],
  anchor: { key: string; offset: number } | undefined,
): void {
  const at = anchor ? rows.findIndex(({ key }) => key === anchor.key) : -1;
  if (!handle || !anchor || at < 0) return;
  const offset = handle.getItemOffset(at) - anchor.offset;
  if (Math.abs(offset - handle.scrollOffset) > 0.5) handle.scrollTo(offset);
}

function articleOf(scroller: HTMLElement | null, key: string): HTMLElement | undefined {
  const articles = scroller?.querySelectorAll<HTMLElement>("article") ?? [];
  return [...articles].find((article) => article.dataset.key === key);
}
