import { Archive } from "lucide-react";
import { useEffect, useRef } from "react";
import { Empty, PaneHeader } from "../design/pane.tsx";
import { useTexts } from "../language/language.tsx";
import { ChatList } from "./chat-list.tsx";
import type { ChatRow } from "./chat-rows.ts";
import styles from "./sidebar.module.css";

/** The chats that were put away. */
export function Archived({
  rows,
  openId,
  onBack,
}: {
  readonly rows: readonly ChatRow[];
  readonly openId: number | undefined;
  readonly onBack: () => void;
}) {
  const { chats } = useTexts();
  const frame = useRef<HTMLDivElement>(null);
  // What had the focus is gone with the list that it stood in.
  useEffect(() => frame.current?.querySelector("button")?.focus(), []);
  const archived = rows.filter(({ isArchived }) => isArchived);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves from wherever the focus is inside.
    <div
      ref={frame}
      className={styles.sidebar}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onBack();
      }}
    >
      <PaneHeader title={chats.archived} onBack={onBack} backOn="always" />
      {archived.length > 0 ? (
        <ChatList rows={archived} label={chats.archivedList} openId={openId} />
      ) : (
        <Empty icon={<Archive size={36} strokeWidth={1.5} aria-hidden />} title={chats.noArchived}>
          <p>{chats.noArchivedHint}</p>
        </Empty>
      )}
    </div>
  );
}
