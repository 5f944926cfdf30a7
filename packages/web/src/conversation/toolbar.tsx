import type { Message } from "@tacit/client";
import { Ellipsis, Reply } from "lucide-react";
import type { MouseEvent as ReactMouseEvent } from "react";
import { useTexts } from "../language/language.tsx";
import { mayWrite, useSetting } from "./deeds.tsx";
import styles from "./toolbar.module.css";

/** What can be done with a message, at its side: for a pointer that hovers, and for the keyboard. */
export function Toolbar({
  message,
  isCurrent,
}: {
  readonly message: Message;
  /** The keyboard is at this message, and goes on to its buttons. */
  readonly isCurrent: boolean;
}) {
  const { conversation } = useTexts();
  const setting = useSetting();
  return (
    <div className={styles.toolbar}>
      {mayWrite(setting) && message.id !== undefined ? (
        <button
          type="button"
          tabIndex={isCurrent ? 0 : -1}
          className={styles.button}
          title={conversation.reply}
          aria-label={conversation.reply}
          onClick={() => setting.deeds.reply(message)}
        >
          <Reply size={18} aria-hidden />
        </button>
      ) : null}
      <button
        type="button"
        tabIndex={isCurrent ? 0 : -1}
        className={styles.button}
        title={conversation.actions}
        aria-label={conversation.actions}
        aria-haspopup="menu"
        onClick={openMenu}
      >
        <Ellipsis size={18} aria-hidden />
      </button>
    </div>
  );
}

/** The list has one menu for all messages, which opens as on a right click. */
function openMenu({ currentTarget }: ReactMouseEvent): void {
  const { left, bottom } = currentTarget.getBoundingClientRect();
  currentTarget.dispatchEvent(
    new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: left, clientY: bottom }),
  );
}
