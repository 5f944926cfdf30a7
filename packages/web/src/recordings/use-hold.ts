import { type MouseEvent, type PointerEvent, useEffect, useRef, useState } from "react";

/** What a button that can be held is for. */
export interface HoldHandlers {
  /** It is pressed. `isHeld`: a finger stays on it. */
  readonly onPress: (isHeld: boolean) => void;
  /** The finger is lifted. */
  readonly onRelease: () => void;
  /** The finger slid to the left. */
  readonly onCancel: () => void;
  /** The finger slid up, or was taken off by the browser: it goes on without. */
  readonly onLock: () => void;
}

/** Milliseconds after which a touch is no tap. */
const HELD_AFTER = 250;
/** Pixels. */
const TAP_SLACK = 12;
const CANCEL_AT = 100;
const LOCK_AT = 70;

/** Tells a tap, a click or a key from a finger that stays. @returns properties of the button, and how far the finger slid to the left */
export function useHold({ onPress, onRelease, onCancel, onLock }: HoldHandlers) {
  const touch = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout>; isHeld: boolean }>(
    undefined,
  );
  const wasHeld = useRef(false);
  const [slid, setSlid] = useState(0);
  useEffect(() => () => clearTimeout(touch.current?.timer), []);

  const end = () => {
    clearTimeout(touch.current?.timer);
    touch.current = undefined;
    setSlid(0);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    wasHeld.current = false;
    if (event.pointerType === "mouse" || !event.isPrimary) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const timer = setTimeout(() => {
      if (!touch.current) return;
      touch.current.isHeld = true;
      wasHeld.current = true;
      onPress(true);
    }, HELD_AFTER);
    touch.current = { x: event.clientX, y: event.clientY, timer, isHeld: false };
  };
  const onPointerMove = ({ clientX, clientY }: PointerEvent) => {
    if (!touch.current) return;
    const [left, up] = [touch.current.x - clientX, touch.current.y - clientY];
    if (!touch.current.isHeld) {
      if (Math.hypot(left, up) > TAP_SLACK) end();
    } else if (left > CANCEL_AT) {
      end();
      onCancel();
    } else if (up > LOCK_AT) {
      end();
      onLock();
    } else setSlid(Math.max(0, left));
  };
  const finish = (then: () => void) => () => {
    const isHeld = touch.current?.isHeld;
    end();
    if (isHeld) then();
  };
  // A keyboard's click has no pointer before it.
  const onClick = ({ detail }: MouseEvent) => {
    if (!wasHeld.current || detail === 0) onPress(false);
    wasHeld.current = false;
  };
  return {
    slid,
    button: {
      onPointerDown,
      onPointerMove,
      onPointerUp: finish(onRelease),
      onPointerCancel: finish(onLock),
      // A long touch means to record here.
      onContextMenu: (event: MouseEvent) => event.preventDefault(),
      onClick,
    },
  };
}
