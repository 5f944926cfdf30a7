import type { Message } from "@tacit/client";
import { type ReactElement, type SyntheticEvent, useState } from "react";
import { ContextualMenu } from "../design/menu.tsx";
import { useTexts } from "../language/language.tsx";
import { useSetting } from "./deeds.tsx";
import styles from "./message-list.module.css";
import { entriesFor } from "./message-menu.tsx";

/** One menu for all messages of a list: of the one that the pointer or the keyboard is at. */
export function MenuArea({
  find,
  children,
}: {
  /** The message of a key, unless it has no menu now. */
  readonly find: (key: string) => Message | undefined;
  readonly children: ReactElement;
}) {
  const texts = useTexts();
  const setting = useSetting();
  const [about, setAbout] = useState<Message>();
  const aim = (event: SyntheticEvent) => {
    const target = event.target as Element;
    // What a message has opened over the page hears for itself.
    if (!event.currentTarget.contains(target)) return;
    const key = target.closest<HTMLElement>("article")?.dataset.key;
    const message = key === undefined ? undefined : find(key);
    if (message) setAbout(message);
    // The browser's own menu is for what has none of ours, and for links.
    if (!message || (event.type === "contextmenu" && target.closest("a"))) event.stopPropagation();
  };
  return (
    <div
      className={styles.area}
      onContextMenuCapture={aim}
      onPointerDownCapture={(event) => {
        if (event.pointerType !== "mouse") aim(event);
      }}
    >
      <ContextualMenu entries={about ? entriesFor(about, setting, texts) : []}>{children}</ContextualMenu>
    </div>
  );
}
