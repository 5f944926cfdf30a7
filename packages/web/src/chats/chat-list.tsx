import { Archive } from "lucide-react";
import {
  createContext,
  type KeyboardEvent,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { type CustomItemComponentProps, Virtualizer, type VirtualizerHandle } from "virtua";
import { Spoken } from "../design/spoken.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./chat-list.module.css";
import { ChatRowItem } from "./chat-row.tsx";
import type { ChatRow } from "./chat-rows.ts";
import { RowMenuProvider } from "./row-menu.tsx";

/** Pixels; rows are all alike, so nothing has to be measured to scroll. */
const ROW = 68;
/** The key of the line that leads to the archive; chats have their ids. */
const ARCHIVE = 0;

type Line = { readonly key: number; readonly row: ChatRow | undefined; readonly endsFavorites: boolean };

/** Chats, one below the other; only those that can be seen are drawn. Arrow keys move between them. */
export function ChatList({
  rows,
  label,
  openId,
  archive,
}: {
  readonly rows: readonly ChatRow[];
  readonly label: string;
  /** The chat that is open beside the list. */
  readonly openId: number | undefined;
  /** Leads to the archived chats, if there are any. */
  readonly archive?:
    | { readonly count: number; readonly unread: number; readonly onOpen: () => void }
    | undefined;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useRef<VirtualizerHandle>(null);
  const lines = linesOf(rows, archive !== undefined);
  const { tabStop, onKeyDown, onFocus, focus, focusWanted } = useRoving(lines, openId, { scroller, virtual });
  const kept = lines.findIndex(({ key }) => key === tabStop);
  return (
    <RowMenuProvider onAsked={focus}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the rows inside take the focus; the keys move between them. */}
      <div ref={scroller} className={styles.scroller} onKeyDown={onKeyDown} onFocus={onFocus}>
        <ListSize value={lines.length}>
          <Labelled value={label}>
            <Drawn value={focusWanted}>
              <Virtualizer
                ref={virtual}
                data={lines}
                as={List}
                item={Item}
                itemSize={ROW}
                keepMounted={kept < 0 ? [] : [kept]}
              >
                {({ key, row, endsFavorites }) => (
                  <div key={key} className={endsFavorites ? styles.lastFavorite : undefined}>
                    {row ? (
                      <ChatRowItem row={row} isOpen={row.id === openId} isTabStop={key === tabStop} />
                    ) : (
                      <ArchiveLine archive={archive} isTabStop={key === tabStop} />
                    )}
                  </div>
                )}
              </Virtualizer>
            </Drawn>
          </Labelled>
        </ListSize>
      </div>
    </RowMenuProvider>
  );
}

function linesOf(rows: readonly ChatRow[], hasArchive: boolean): Line[] {
  const last = rows.findLastIndex(({ isFavorite }) => isFavorite);
  const lines = rows.map((row, at) => ({
    key: row.id,
    row,
    endsFavorites: at === last && last < rows.length - 1,
  }));
  return hasArchive ? [{ key: ARCHIVE, row: undefined, endsFavorites: false }, ...lines] : lines;
}

/** One of the lines is a tab stop; arrow keys make another one it. */
function useRoving(
  lines: readonly Line[],
  openId: number | undefined,
  {
    scroller,
    virtual,
  }: Readonly<Record<"scroller", React.RefObject<HTMLDivElement | null>>> & {
    readonly virtual: React.RefObject<VirtualizerHandle | null>;
  },
) {
  const [current, setCurrent] = useState<number>();
  const wanted = useRef<number>(undefined);
  const has = (key: number | undefined) => lines.some((line) => line.key === key);
  const tabStop = has(current) ? current : has(openId) ? openId : lines.find(({ row }) => row)?.key;

  const focusWanted = useCallback(() => {
    if (wanted.current === undefined) return;
    const { activeElement, body } = document;
    // Somebody went elsewhere meanwhile: the focus is not taken from there.
    const isElsewhere = activeElement !== body && !scroller.current?.contains(activeElement);
    const line = scroller.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (!isElsewhere) line?.focus({ preventScroll: true });
    if (isElsewhere || (line && document.activeElement === line)) wanted.current = undefined;
  }, [scroller]);
  // A row that was far away is drawn before it can take the focus, and hidden until it is measured: see `Item`.
  useEffect(focusWanted);

  const focus = useCallback(
    (key: number) => {
      wanted.current = key;
      setCurrent(key);
      focusWanted();
    },
    [focusWanted],
  );
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = lines.findIndex(({ key }) => String(key) === rowOf(event.target));
    const to = STEPS[event.key]?.(at, lines.length);
    const line = to === undefined ? undefined : lines[to];
    if (at < 0 || to === undefined || !line || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    virtual.current?.scrollToIndex(to, { align: "nearest" });
    wanted.current = line.key;
    setCurrent(line.key);
  };
  const onFocus = (event: React.FocusEvent<HTMLElement>) => {
    const row = rowOf(event.target);
    if (row !== undefined) setCurrent(Number(row));
  };
  return { tabStop, onKeyDown, onFocus, focus, focusWanted };
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
  PageDown: (at, count) => Math.min(at + 8, count - 1),
  PageUp: (at) => Math.max(at - 8, 0),
};

const rowOf = (target: EventTarget) => (target instanceof HTMLElement ? target.dataset.row : undefined);

const ListSize = createContext(0);
const Labelled = createContext("");
/** To be called when a row has come onto the screen. */
const Drawn = createContext(() => {});

function List({
  style,
  children,
  ref,
}: {
  style: React.CSSProperties;
  children: ReactNode;
  ref?: React.Ref<HTMLUListElement>;
}) {
  return (
    <ul ref={ref} style={style} aria-label={use(Labelled)}>
      {children}
    </ul>
  );
}

/** Only some of the list is there: each line says which one of how many it is. */
function Item({
  style,
  index,
  children,
  ref,
}: Omit<CustomItemComponentProps, "ref"> & { ref?: React.Ref<HTMLLIElement> }) {
  const onDrawn = use(Drawn);
  const isHidden = style.visibility === "hidden";
  useEffect(() => {
    if (!isHidden) onDrawn();
  }, [isHidden, onDrawn]);
  return (
    <li ref={ref} style={style} aria-posinset={index + 1} aria-setsize={use(ListSize)}>
      {children}
    </li>
  );
}

function ArchiveLine({
  archive,
  isTabStop,
}: {
  readonly archive:
    | { readonly count: number; readonly unread: number; readonly onOpen: () => void }
    | undefined;
  readonly isTabStop: boolean;
}) {
  const { chats } = useTexts();
  if (!archive) return null;
  return (
    <button
      type="button"
      className={styles.archive}
      tabIndex={isTabStop ? 0 : -1}
      data-row={ARCHIVE}
      onClick={archive.onOpen}
    >
      <Archive size={18} aria-hidden />
      <span className={styles.archiveName}>{chats.archivedLine(archive.count)}</span>
      {archive.unread > 0 ? (
        <span className={styles.archiveUnread}>
          <span aria-hidden>{archive.unread}</span>
          <Spoken>, {chats.withUnread(archive.unread)}</Spoken>
        </span>
      ) : null}
    </button>
  );
}
