import { type KeyboardEvent, type RefObject, useLayoutEffect } from "react";
import styles from "./composer.module.css";

const GROWS_BY_ITSELF = globalThis.CSS?.supports("field-sizing", "content") ?? false;

/** The field that a message is written in: as high as its text, up to a limit; Enter sends where there is a keyboard. */
export function TextField({
  field,
  label,
  text,
  isInvalid = false,
  isReadOnly = false,
  describedBy,
  onType,
  onSubmit,
  onArrowUp,
  onEscape,
  onFiles,
}: {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** What it is called and, while it is empty, says. */
  readonly label: string;
  readonly text: string;
  readonly isInvalid?: boolean;
  readonly isReadOnly?: boolean;
  /** Id of what says more about it. */
  readonly describedBy?: string | undefined;
  readonly onType: (text: string) => void;
  readonly onSubmit: () => void;
  /** Arrow up in the empty field. */
  readonly onArrowUp?: () => void;
  /** @returns whether there was something to give up */
  readonly onEscape?: () => boolean;
  /** Something was pasted. @returns whether it was files, and was taken */
  readonly onFiles?: (data: DataTransfer) => boolean;
}) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    if (!GROWS_BY_ITSELF && field.current) fit(field.current);
  }, [text, field]);
  const actionOf = (event: KeyboardEvent): (() => unknown) | undefined => {
    if (event.key === "Escape") return onEscape;
    if (event.key === "Enter" && sends(event)) return () => onSubmit();
    return event.key === "ArrowUp" && text === "" && !hasModifier(event) ? onArrowUp : undefined;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While a word is put together, keys belong to the input method; 229 is what Safari says of its last one.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const act = actionOf(event);
    // What was not there to be given up is left to those around: Escape closes them.
    if (act && act() !== false) event.preventDefault();
  };
  return (
    <textarea
      ref={field}
      className={styles.field}
      rows={1}
      dir="auto"
      aria-label={label}
      placeholder={label}
      value={text}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      readOnly={isReadOnly}
      onChange={(event) => onType(event.target.value)}
      onKeyDown={onKeyDown}
      onPaste={(event) => {
        if (onFiles?.(event.clipboardData)) event.preventDefault();
      }}
    />
  );
}

/** Whether this is a device that is written on with a keyboard of its own. */
export function hasKeyboard(): boolean {
  return !matchMedia("(hover: none) and (pointer: coarse)").matches;
}

function sends(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey) return true;
  return !event.shiftKey && !event.altKey && hasKeyboard();
}

const hasModifier = (event: KeyboardEvent) =>
  event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

/** For browsers without `field-sizing`. */
function fit(field: HTMLTextAreaElement): void {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
