import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { changeOf } from "./row-change.ts";
import type { Row } from "./rows.ts";
import type { Place, Snapshot } from "./snapshot.ts";
import type { Timeline } from "./timeline.ts";
import { isWatched } from "./watched.ts";

/** Pixels from an end at which the next page is asked for, and within which one is at the end. */
const NEAR = 1200;
const AT_END = 32;
/** Milliseconds for which it is shown which message was meant. */
const MARKED = 2000;

/** A line, and how many pixels below the top of the screen it begins. */
interface Anchor {
  readonly key: string;
  readonly offset: number;
}

/** Where the list stands: it goes where it is sent, keeps its place when lines come and go, and asks for more before it ends. */
export function useScrolling({
  timeline,
  snapshot,
  onSeen,
  onPlace,
  onAim,
}: {
  readonly timeline: Timeline;
  readonly snapshot: Snapshot;
  readonly onSeen: (messageId: number) => void;
  readonly onPlace: (place: Place | undefined) => void;
  /** It was sent to this line. */
  readonly onAim: (key: string | undefined) => void;
}) {
  const { rows, hasNewer, aim } = snapshot;
  const list = useRef<VirtualizerHandle>(null);
  const drawn = useRef<readonly Row[]>(rows);
  const isAtEnd = useRef(true);
  const anchor = useRef<Anchor>(undefined);
  const [isAway, setAway] = useState(false);
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
      onAim(aim.key);
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

  return { list, isAway, marked, isShifted: change === "start", look, onScrollEnd, onResize };
}

function seen(rows: readonly Row[], last: number, tell: (messageId: number) => void): void {
  for (let at = last; at >= 0; at--) {
    const row = rows[at];
    if (row?.kind !== "message" || row.message.id === undefined) continue;
    tell(row.message.id);
    return;
  }
}

function placeOf(row: Row | undefined, at: Anchor | undefined): Place | undefined {
  if (row?.kind !== "message" || row.message.id === undefined || !at) return undefined;
  return { id: row.message.id, key: row.key, offset: at.offset };
}

function keepAnchor(
  handle: VirtualizerHandle | null,
  rows: readonly Row[],
  anchor: Anchor | undefined,
): void {
  const at = anchor ? rows.findIndex(({ key }) => key === anchor.key) : -1;
  if (!handle || !anchor || at < 0) return;
  const offset = handle.getItemOffset(at) - anchor.offset;
  if (Math.abs(offset - handle.scrollOffset) > 0.5) handle.scrollTo(offset);
}
