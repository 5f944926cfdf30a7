import { Pencil, Reply, X } from "lucide-react";
import type { Target } from "../conversation/target.tsx";
import { IconButton } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./composer.module.css";

/** Shows what the text in the field answers or replaces. */
export function TargetBar({ target, onCancel }: { readonly target: Target; readonly onCancel: () => void }) {
  const texts = useTexts();
  const { kind, message } = target;
  const Icon = kind === "reply" ? Reply : Pencil;
  const who = message.isMine ? texts.common.you : message.sender.nickname || texts.common.deletedAccount;
  const title = kind === "edit" ? texts.composer.editing : texts.composer.replyingTo(who);
  const what = message.text || message.attachments[0]?.name || texts.composer.message;
  return (
    <section className={styles.target} aria-label={title}>
      <Icon size={20} aria-hidden />
      <div className={styles.targetText}>
        <bdi className={styles.targetTitle}>{title}</bdi>
        <bdi className={styles.quote}>{what}</bdi>
      </div>
      <IconButton
        label={kind === "edit" ? texts.composer.cancelEdit : texts.composer.cancelReply}
        onClick={onCancel}
      >
        <X size={20} aria-hidden />
      </IconButton>
    </section>
  );
}
