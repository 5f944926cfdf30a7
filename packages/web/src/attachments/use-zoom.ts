import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { FITTED, type Point, panned, type View, zoomed } from "./zoom.ts";

/** Pixels that a finger has to go for a swipe. */
const SWIPE = 60;
/** How much larger by a double click, and by a key. */
const MUCH = 2.5;
const STEP = 1.4;

/** Pixels that a finger may go for it to be a touch. */
const STILL = 8;

/** Where somebody swiped over the whole picture; `away`: beside the picture, without moving. */
export type Swipe = "left" | "right" | "down" | "away";

interface Gesture {
  readonly start: Point;
  /** It began beside the picture. */
  readonly isBeside: boolean;
  /** Where each finger is. */
  readonly fingers: Map<number, Point>;
  wasPinched: boolean;
}

/** Lets a picture be enlarged and moved: with the wheel, two fingers, a double click or keys. */
export function useZoom(frame: RefObject<HTMLElement | null>, onSwipe: (swipe: Swipe) => void) {
  const [view, setView] = useState<View>(FITTED);
  const gesture = useRef<Gesture>(undefined);
  const latest = useRef({ view, onSwipe });
  useEffect(() => {
    latest.current = { view, onSwipe };
  });
  const fit = useCallback(() => setView(FITTED), []);
  const enlarge = useCallback(() => setView((view) => zoomed(view, STEP)), []);
  const reduce = useCallback(() => setView((view) => zoomed(view, 1 / STEP)), []);

  // React listens to wheels without a way to keep the browser from zooming the page.
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const at = placeIn(element, event);
      setView((view) => zoomed(view, Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400)), at));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [frame]);

  const onPointerDown = (event: React.PointerEvent<HTMLElement>) => {
    const at = placeIn(event.currentTarget, event);
    gesture.current ??= {
      start: at,
      isBeside: event.target === event.currentTarget,
      fingers: new Map(),
      wasPinched: false,
    };
    gesture.current.fingers.set(event.pointerId, at);
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: React.PointerEvent<HTMLElement>) => {
    const now = gesture.current;
    const before = now?.fingers.get(event.pointerId);
    if (!now || !before) return;
    const element = event.currentTarget;
    const at = placeIn(element, event);
    const other = [...now.fingers].find(([id]) => id !== event.pointerId)?.[1];
    now.fingers.set(event.pointerId, at);
    if (other) {
      now.wasPinched = true;
      const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
      setView((view) => zoomed(view, distance(at, other) / Math.max(1, distance(before, other)), middle));
    } else if (latest.current.view.scale > 1) {
      const by = { x: at.x - before.x, y: at.y - before.y };
      setView((view) => panned(view, by, element.getBoundingClientRect()));
    }
  };
  const onPointerUp = (event: React.PointerEvent<HTMLElement>) => {
    const now = gesture.current;
    const at = now?.fingers.get(event.pointerId);
    now?.fingers.delete(event.pointerId);
    if (!now || now.fingers.size > 0) return;
    gesture.current = undefined;
    const swipe = at && !now.wasPinched && latest.current.view.scale === 1 && swipeOf(now, at);
    if (swipe) latest.current.onSwipe(swipe);
  };
  const onDoubleClick = (event: React.MouseEvent<HTMLElement>) => {
    const at = placeIn(event.currentTarget, event);
    setView((view) => (view.scale > 1 ? FITTED : zoomed(view, MUCH, at)));
  };
  const handlers = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onDoubleClick };
  return { view, fit, enlarge, reduce, handlers };
}

function placeIn(element: Element, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

const distance = (one: Point, other: Point) => Math.hypot(one.x - other.x, one.y - other.y);

function swipeOf({ start, isBeside }: Gesture, to: Point): Swipe | undefined {
  const [x, y] = [to.x - start.x, to.y - start.y];
  if (isBeside && distance(start, to) < STILL) return "away";
  if (Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) return x < 0 ? "left" : "right";
  return y > SWIPE && y > 2 * Math.abs(x) ? "down" : undefined;
}
