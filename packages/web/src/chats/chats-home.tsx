import { CheckCheck, Megaphone, MessageCircle, Users } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../design/button.tsx";
import { Empty } from "../design/pane.tsx";
import { useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import { ChatList } from "./chat-list.tsx";
import type { ChatRow } from "./chat-rows.ts";
import { ChatsHeader } from "./chats-header.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { type Filter, filtered, unreadCounts } from "./filters.ts";
import { SearchResults } from "./search/search-results.tsx";
import styles from "./sidebar.module.css";

/** The list of chats under its header; while something is searched for, what was found. */
export function ChatsHome({
  rows,
  openId,
  takesFocus,
  onArchive,
}: {
  readonly rows: readonly ChatRow[];
  readonly openId: number | undefined;
  /** Whether the focus is to come here: what had it is gone. */
  readonly takesFocus: boolean;
  readonly onArchive: () => void;
}) {
  const { chats } = useTexts();
  const [filter, setFilter] = useState<Filter>("all");
  const [query, setQuery] = useState("");
  // Typing goes before drawing what is found.
  const searched = useDeferredValue(query.trim());
  const frame = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as it appears, never later.
  useEffect(() => {
    if (takesFocus && document.activeElement === document.body)
      frame.current?.querySelector<HTMLElement>("button")?.focus();
  }, []);
  const shown = filtered(rows, filter, useStaying(rows, filter, openId));
  const onSearchKey = (event: KeyboardEvent) => {
    const first = frame.current?.querySelector<HTMLElement>("[data-result], [data-row][tabindex='0']");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Enter" && query.trim() !== "" && searched === query.trim())
      frame.current?.querySelector<HTMLElement>("[data-result]")?.click();
  };
  return (
    <div ref={frame} className={styles.sidebar} data-search>
      <ChatsHeader query={query} onQuery={setQuery} onKeyDown={onSearchKey} onArchive={onArchive} />
      {searched === "" ? (
        <>
          <FilterBar chosen={filter} counts={unreadCounts(rows)} onChoose={setFilter} />
          {shown.length > 0 || (filter === "all" && rows.some(({ isArchived }) => isArchived)) ? (
            <ChatList
              key={filter}
              rows={shown}
              label={chats.listOf[filter]}
              openId={openId}
              archive={filter === "all" ? archiveOf(rows, onArchive) : undefined}
            />
          ) : (
            <NothingShown filter={filter} onAll={() => setFilter("all")} />
          )}
        </>
      ) : (
        <SearchResults key="results" query={searched} rows={rows} onDone={() => setQuery("")} />
      )}
    </div>
  );
}

/** The open chat, if it was unread as it was opened: it does not vanish from the unread ones under who reads it. */
function useStaying(rows: readonly ChatRow[], filter: Filter, openId: number | undefined) {
  const [staying, setStaying] = useState<number>();
  const isUnread = filter === "unread" && rows.some(({ id, unread }) => id === openId && unread > 0);
  const next = filter === "unread" && (isUnread || staying === openId) ? openId : undefined;
  if (next !== staying) setStaying(next);
  return next;
}

function archiveOf(rows: readonly ChatRow[], onOpen: () => void) {
  const archived = rows.filter(({ isArchived }) => isArchived);
  if (archived.length === 0) return undefined;
  return { count: archived.length, unread: archived.filter(({ unread }) => unread > 0).length, onOpen };
}

const ICONS = { all: MessageCircle, unread: CheckCheck, groups: Users, channels: Megaphone } as const;

function NothingShown({ filter, onAll }: { readonly filter: Filter; readonly onAll: () => void }) {
  const { chats } = useTexts();
  const [, navigate] = useLocation();
  const titles = {
    all: chats.noChats,
    unread: chats.noUnread,
    groups: chats.noGroups,
    channels: chats.noChannels,
  };
  const Icon = ICONS[filter];
  return (
    <Empty icon={<Icon size={36} strokeWidth={1.5} aria-hidden />} title={titles[filter]}>
      {filter === "all" ? (
        <>
          <p>{chats.noChatsHint}</p>
          <Button look="main" onClick={() => navigate(routes.newChat)}>
            {chats.findSomebody}
          </Button>
        </>
      ) : filter === "unread" ? (
        <>
          <p>{chats.noUnreadHint}</p>
          <Button onClick={onAll}>{chats.showAll}</Button>
        </>
      ) : (
        <Button
          look="main"
          onClick={() => navigate(filter === "groups" ? routes.newGroup : routes.newChannel)}
        >
          {filter === "groups" ? chats.newGroup : chats.newChannel}
        </Button>
      )}
    </Empty>
  );
}
