import { useEffect, useLayoutEffect, useRef, useState } from "react";
import styles from "./tooltip.module.css";

/** Milliseconds that a pointer rests on something before it says what it is called. */
const DELAY = 500;
/** Pixels from the thing, and from the edge of the screen. */
const GAP = 4;
const EDGE = 8;

interface Shown {
  readonly label: string;
  readonly of: DOMRect;
}

/**
 * Shows what a thing is called that has a `data-tooltip`, to a mouse and to the keyboard. One for the whole app: lists are full
 * of buttons. The thing itself needs the name as well.
 */
export function Tooltips() {
  const [shown, show] = useState<Shown>();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => watch(show), []);
  useLayoutEffect(() => {
    if (shown && box.current) place(box.current, shown.of);
  }, [shown]);
  if (!shown) return null;
  return (
    <div ref={box} className={styles.tooltip} aria-hidden>
      {shown.label}
    </div>
  );
}

/** @returns ends it */
function watch(show: (shown: Shown | undefined) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let about: Element | undefined;
  const hide = () => {
    clearTimeout(timer);
    if (about) show(undefined);
    about = undefined;
  };
  const reveal = (thing: HTMLElement) => {
    hide();
    if (!thing.isConnected) return;
    about = thing;
    show({ label: thing.dataset.tooltip ?? "", of: thing.getBoundingClientRect() });
  };
  const onPointerOver = (event: PointerEvent) => {
    const thing = named(event.target);
    if (thing === about && about) return;
    hide();
    if (thing && event.pointerType === "mouse") timer = setTimeout(() => reveal(thing), DELAY);
  };
  const onFocusIn = (event: FocusEvent) => {
    const thing = named(event.target);
    if (thing?.matches(":focus-visible")) reveal(thing);
  };
  const over = new AbortController();
  const options = { signal: over.signal, capture: true, passive: true };
  document.addEventListener("pointerover", onPointerOver, options);
  document.addEventListener("focusin", onFocusIn, options);
  for (const end of ["pointerdown", "focusout", "keydown", "scroll", "visibilitychange"] as const)
    document.addEventListener(end, hide, options);
  return () => {
    over.abort();
    clearTimeout(timer);
  };
}

function named(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>("[data-tooltip]")) || undefined;
}

/** Above it if there is room, or below, and never beyond the edge of the screen. */
function place(box: HTMLElement, of: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = of.top - height - GAP;
  const centred = of.left + (of.width - width) / 2;
  box.style.top = `${above < EDGE ? of.bottom + GAP : above}px`;
  box.style.left = `${Math.max(EDGE, Math.min(centred, innerWidth - width - EDGE))}px`;
}
