import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTexts } from "../language/language.tsx";
import { Button, IconButton } from "./button.tsx";
import styles from "./dialog.module.css";
import { useOpener } from "./opener.ts";

/** A window over the rest; on a phone a sheet from below. It holds the focus and gives it back. */
export function Dialog({
  title,
  description,
  isOpen,
  onClose,
  size = "m",
  children,
}: {
  readonly title: string;
  readonly description?: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly size?: "s" | "m" | "l";
  readonly children: ReactNode;
}) {
  const texts = useTexts();
  const giveBack = useOpener(isOpen);
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={styles.scrim} />
        <Radix.Content
          className={styles.dialog}
          data-size={size}
          // Unless a field inside takes it: on the button that closes, its tooltip would open and take the first Escape.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          onCloseAutoFocus={giveBack}
          {...(description ? {} : { "aria-describedby": undefined })}
        >
          <header className={styles.header}>
            <Radix.Title className={styles.title}>{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton label={texts.common.close}>
                <X size={20} aria-hidden />
              </IconButton>
            </Radix.Close>
          </header>
          <div className={styles.body}>
            {description ? (
              <Radix.Description className={styles.description}>{description}</Radix.Description>
            ) : null}
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The buttons at the foot of a dialog: what to do last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
  title,
  description,
  action,
  isOpen,
  isBusy = false,
  error,
  onConfirm,
  onClose,
  children,
}: {
  readonly title: string;
  readonly description: string;
  /** What the button says: the thing that is done, never "OK". */
  readonly action: string;
  readonly isOpen: boolean;
  readonly isBusy?: boolean;
  /** Why it did not work. */
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}) {
  const texts = useTexts();
  return (
    <Dialog title={title} description={description} isOpen={isOpen} onClose={onClose} size="s">
      {children}
      <p role="alert" className={styles.error}>
        {error}
      </p>
      <DialogActions>
        <Button onClick={onClose}>{texts.common.cancel}</Button>
        <Button look="danger" isBusy={isBusy} onClick={onConfirm}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
