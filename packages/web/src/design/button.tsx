import type { ComponentProps, ReactNode } from "react";
import styles from "./button.module.css";
import { Spinner } from "./spinner.tsx";

/** What a button looks like: `main` for the one thing to do, `danger` for what cannot be undone. */
export type ButtonLook = "main" | "quiet" | "plain" | "danger";

/** A button with a word on it. */
export function Button({
  look = "quiet",
  isWide = false,
  isBusy = false,
  icon,
  children,
  ...rest
}: {
  readonly look?: ButtonLook;
  /** As wide as what it stands in. */
  readonly isWide?: boolean;
  /** What it set off is under way: it cannot be pressed again, and keeps the focus. */
  readonly isBusy?: boolean;
  readonly icon?: ReactNode;
} & ComponentProps<"button">) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[look], isWide && styles.wide, rest.className]
        .filter(Boolean)
        .join(" ")}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else rest.onClick?.(event);
      }}
    >
      {isBusy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

/** A button with a picture on it; `label` is what it is called, shown on hover and read aloud. */
export function IconButton({
  label,
  look = "plain",
  children,
  ...rest
}: { readonly label: string; readonly look?: ButtonLook } & Omit<ComponentProps<"button">, "aria-label">) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      data-tooltip={label}
      className={[styles.icon, styles[look], rest.className].filter(Boolean).join(" ")}
    >
      {children}
    </button>
  );
}
