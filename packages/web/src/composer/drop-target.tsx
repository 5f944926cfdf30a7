import { FileUp } from "lucide-react";
import { createPortal } from "react-dom";
import { useTexts } from "../language/language.tsx";
import styles from "./files.module.css";
import type { Place } from "./use-drop.ts";

/** Says over the whole conversation that files can be dropped there. */
export function DropTarget({ top, left, width, height }: Place) {
  const { composer } = useTexts();
  return createPortal(
    <div className={styles.drop} style={{ top, left, width, height }}>
      <div className={styles.dropFrame}>
        <FileUp size={40} strokeWidth={1.5} aria-hidden />
        <p className={styles.dropTitle}>{composer.dropFiles}</p>
        <p>{composer.dropFilesHint}</p>
      </div>
    </div>,
    document.body,
  );
}
