import { type RefObject, useEffect, useRef } from "react";

/** Pixels after which a movement is a swipe, and after which it counts. */
const BEGIN = 10;
const FAR_ENOUGH = 56;

/** Lets a finger push a message to the right. @param onSwipe hears the key of the message that was pushed far enough */
export function useSwipe(list: RefObject<HTMLElement | null>, onSwipe: (key: string) => void): void {
  const latest = useRef(onSwipe);
  useEffect(() => {
    latest.current = onSwipe;
  });
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    let from: { x: number; y: number; article: HTMLElement; isSwipe: boolean } | undefined;
    let by = 0;
    const down = ({ pointerType, isPrimary, clientX: x, clientY: y, target }: PointerEvent) => {
      const article = target instanceof Element ? target.closest("article") : null;
      if (pointerType === "touch" && isPrimary && article) from = { x, y, article, isSwipe: false };
    };
    const move = ({ clientX, clientY }: PointerEvent) => {
      if (!from) return;
      by = Math.max(0, clientX - from.x);
      from.isSwipe ||= by > BEGIN && by > 2 * Math.abs(clientY - from.y);
      if (from.isSwipe) from.article.style.transform = `translateX(${Math.min(by, FAR_ENOUGH + 16)}px)`;
    };
    const up = (event: PointerEvent) => {
      if (!from) return;
      const { article, isSwipe } = from;
      from = undefined;
      article.style.transform = "";
      const { key } = article.dataset;
      if (event.type === "pointerup" && isSwipe && by >= FAR_ENOUGH && key !== undefined) latest.current(key);
    };
    const over = new AbortController();
    const { signal } = over;
    element.addEventListener("pointerdown", down, { signal });
    element.addEventListener("pointermove", move, { signal, passive: true });
    element.addEventListener("pointerup", up, { signal });
    element.addEventListener("pointercancel", up, { signal });
    return () => over.abort();
  }, [list]);
}
