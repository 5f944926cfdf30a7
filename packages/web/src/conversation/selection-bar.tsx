import type { Message } from "@tacit/client";
import { Copy, Forward, Trash2, X } from "lucide-react";
import { IconButton } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./bars.module.css";
import { mayDelete, useSetting } from "./deeds.tsx";

/** What can be done with the messages that are selected. */
export function SelectionBar({
  messages,
  onLeave,
}: {
  readonly messages: readonly Message[];
  readonly onLeave: () => void;
}) {
  const { conversation } = useTexts();
  const setting = useSetting();
  const { deeds } = setting;
  const texts = messages.filter(({ text }) => text !== "");
  const canForward = messages.every(
    ({ id, unreadable, system }) => id !== undefined && !unreadable && !system,
  );
  const canDelete = messages.every((message) => mayDelete(setting, message));
  return (
    <div className={styles.bar} role="toolbar" aria-label={conversation.selected(messages.length)}>
      <IconButton label={conversation.leaveSelection} onClick={onLeave}>
        <X size={20} aria-hidden />
      </IconButton>
      <span className={styles.count} role="status">
        {conversation.selected(messages.length)}
      </span>
      <IconButton
        label={conversation.copyText}
        disabled={texts.length === 0}
        onClick={() => deeds.copy(messages)}
      >
        <Copy size={20} aria-hidden />
      </IconButton>
      <IconButton label={conversation.forward} disabled={!canForward} onClick={() => deeds.forward(messages)}>
        <Forward size={20} aria-hidden />
      </IconButton>
      <IconButton label={conversation.delete} disabled={!canDelete} onClick={() => deeds.remove(messages)}>
        <Trash2 size={20} aria-hidden />
      </IconButton>
    </div>
  );
}
