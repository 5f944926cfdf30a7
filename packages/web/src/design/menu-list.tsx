import { DropdownMenu } from "radix-ui";
import { useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import styles from "./menu.module.css";
import type { MenuEntry } from "./menu.tsx";

/** Where a menu opens, and what has the focus when it is closed. */
export interface MenuPlace {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly returnTo: HTMLElement | undefined;
  /** Then the first line has the focus. */
  readonly isByKeyboard: boolean;
}

/** The lines of a menu, beside a place on the screen. */
export function MenuList({
  entries,
  place,
  side,
  align,
  gap,
  isOpen,
  onClose,
}: {
  readonly entries: readonly MenuEntry[];
  readonly place: MenuPlace;
  readonly side: "bottom" | "right";
  readonly align: "start" | "end";
  readonly gap: number;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { left, top, width, height, returnTo, isByKeyboard } = place;
  const chosen = useRef<() => void>(undefined);
  const lines = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen || !isByKeyboard) return;
    // Once the menu itself has taken the focus.
    const frame = requestAnimationFrame(() =>
      lines.current?.querySelector<HTMLElement>("[role=menuitem]:not([data-disabled])")?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [isOpen, isByKeyboard]);
  return (
    <DropdownMenu.Root open={isOpen} onOpenChange={(isOpen) => isOpen || onClose()}>
      {createPortal(
        <DropdownMenu.Trigger asChild>
          <span className={styles.anchor} style={{ left, top, width, height }} aria-hidden />
        </DropdownMenu.Trigger>,
        document.body,
      )}
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          ref={lines}
          className={styles.menu}
          side={side}
          align={align}
          sideOffset={gap}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnTo?.focus();
            // What was chosen is done once the focus is back: a dialog that it opens then gives it back to the button.
            if (chosen.current) queueMicrotask(chosen.current);
            chosen.current = undefined;
          }}
        >
          {entries.map((entry, at) =>
            entry === "separator" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: a hairline is nothing but its place.
              <DropdownMenu.Separator key={at} className={styles.separator} />
            ) : (
              <DropdownMenu.Item
                key={entry.label}
                className={styles.item}
                data-dangerous={entry.isDangerous || undefined}
                disabled={entry.isDisabled ?? false}
                onSelect={() => {
                  chosen.current = entry.onSelect;
                }}
              >
                {entry.icon}
                {entry.label}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
