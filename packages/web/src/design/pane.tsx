import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTexts } from "../language/language.tsx";
import { IconButton } from "./button.tsx";
import styles from "./pane.module.css";

/** The line at the top of a pane: the way back, what it is, and what can be done. */
export function PaneHeader({
  title,
  onBack,
  backOn = "phone",
  children,
}: {
  readonly title: ReactNode;
  readonly onBack?: () => void;
  /** Where the way back is shown: on a phone, where panes lie over each other, or always. */
  readonly backOn?: "phone" | "always";
  readonly children?: ReactNode;
}) {
  const texts = useTexts();
  return (
    <header className={styles.header}>
      {onBack ? (
        <IconButton label={texts.common.back} className={styles.back} data-on={backOn} onClick={onBack}>
          <ArrowLeft size={22} aria-hidden />
        </IconButton>
      ) : null}
      {typeof title === "string" ? <h1 className={styles.title}>{title}</h1> : title}
      {children}
    </header>
  );
}

/** Nothing is here, and why: with a picture, a sentence and perhaps something to do. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      {icon}
      <p className={styles.emptyTitle}>{title}</p>
      {children}
    </div>
  );
}
