import { Slot } from "radix-ui";
import { type MouseEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { later } from "../live/later.tsx";
import type { MenuPlace } from "./menu-list.tsx";

/** A line of a menu, or a hairline between groups of them. */
export type MenuEntry =
  | {
      readonly label: string;
      readonly icon?: ReactNode;
      readonly onSelect: () => void;
      /** It takes something away. */
      readonly isDangerous?: boolean;
      readonly isDisabled?: boolean;
    }
  | "separator";

/** Milliseconds of a long press, and pixels that a finger may move meanwhile. */
const LONG = 700;
const STILL = 10;

// Lists are full of menus, and few are ever opened.
const MenuList = later(async () => (await import("./menu-list.tsx")).MenuList, { isQuiet: true });

/** Fetches what menus take, before the first is opened. */
export const prefetchMenus = MenuList.prefetch;

/** A menu that a button opens. */
export function Menu({
  entries,
  align = "end",
  children,
}: {
  readonly entries: readonly MenuEntry[];
  readonly align?: "start" | "end";
  /** The button. */
  readonly children: ReactNode;
}) {
  const { place, isOpen, open, close } = usePlace();
  const openAt = (button: HTMLElement, isByKeyboard: boolean) => {
    const { left, top, width, height } = button.getBoundingClientRect();
    open({ left, top, width, height, returnTo: button, isByKeyboard });
  };
  return (
    <>
      <Slot.Root
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-state={isOpen ? "open" : "closed"}
        // Enter and the space bar are clicks without a pointer.
        onClick={({ currentTarget, detail }) => openAt(currentTarget, detail === 0)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          openAt(event.currentTarget, true);
        }}
      >
        {children}
      </Slot.Root>
      {place ? (
        <MenuList {...{ entries, place, align, isOpen }} side="bottom" gap={4} onClose={close} />
      ) : null}
    </>
  );
}

/** The same menu on a right click, a long press, or the menu key. */
export function ContextualMenu({
  entries,
  children,
}: {
  readonly entries: readonly MenuEntry[];
  /** One element, which takes the menu's properties. */
  readonly children: ReactNode;
}) {
  const { place, isOpen, open, close } = usePlace();
  const openAt = ({ clientX: left, clientY: top }: { clientX: number; clientY: number }) => {
    const focused = document.activeElement;
    const returnTo = focused instanceof HTMLElement ? focused : undefined;
    open({ left, top, width: 0, height: 0, returnTo, isByKeyboard: false });
  };
  const press = useLongPress(openAt);
  return (
    <>
      <Slot.Root
        {...press}
        onContextMenu={(event: MouseEvent) => {
          if (event.defaultPrevented || !isWithin(event)) return;
          press.onPointerUp();
          event.preventDefault();
          openAt(event);
        }}
      >
        {children}
      </Slot.Root>
      {/* Below the pointer: beside it, a phone has no room on either side. */}
      {place ? (
        <MenuList {...{ entries, place, isOpen }} side="bottom" align="start" gap={2} onClose={close} />
      ) : null}
    </>
  );
}

/** Where a menu is open, or was last: it takes a moment to close. */
function usePlace() {
  const [place, setPlace] = useState<MenuPlace>();
  const [isOpen, setOpen] = useState(false);
  return {
    place,
    isOpen,
    open: (at: MenuPlace) => {
      setPlace(at);
      setOpen(true);
    },
    close: () => setOpen(false),
  };
}

/** Not every browser makes a right click of it. */
function useLongPress(onPress: (at: { clientX: number; clientY: number }) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const start = useRef({ clientX: 0, clientY: 0 });
  const stop = () => clearTimeout(timer.current);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      const { pointerType, clientX, clientY } = event;
      if (pointerType === "mouse" || !isWithin(event)) return;
      start.current = { clientX, clientY };
      timer.current = setTimeout(() => onPress({ clientX, clientY }), LONG);
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const { clientX: x, clientY: y } = start.current;
      if (Math.hypot(clientX - x, clientY - y) > STILL) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}

/** React tells of what a child has opened over the page as if it were in the child. */
function isWithin({ currentTarget, target }: PointerEvent | MouseEvent): boolean {
  return target instanceof Node && currentTarget.contains(target);
}
