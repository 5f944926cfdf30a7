import { type RefObject, useEffect, useRef, useSyncExternalStore } from "react";
import styles from "./live-loudness.module.css";
import type { Take } from "./take.ts";

/** Pixels from one bar to the next, and of a bar. */
const STRIDE = 5;
const BAR = 3;
/** Milliseconds that a bar stands for. */
const BAR_TIME = 60;
/** Milliseconds between two looks, for who wants little motion. */
const CALM_TIME = 400;

/** How loud it is while it is recorded: bars that move along, or one that grows and shrinks for who wants less motion. */
export function LiveLoudness({
  take,
  isPaused,
  className,
}: {
  readonly take: Take;
  readonly isPaused: boolean;
  readonly className: string | undefined;
}) {
  const isCalm = useReducedMotion();
  const Shown = isCalm ? Level : MovingBars;
  return (
    <span className={className} aria-hidden>
      <Shown take={take} isPaused={isPaused} />
    </span>
  );
}

function Level({ take, isPaused }: { readonly take: Take; readonly isPaused: boolean }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (isPaused) return;
    const show = () => {
      if (bar.current) bar.current.style.scale = `${take.loudness} 1`;
    };
    const timer = setInterval(show, CALM_TIME);
    return () => clearInterval(timer);
  }, [take, isPaused]);
  return (
    <span className={styles.level}>
      <span ref={bar} className={styles.filled} />
    </span>
  );
}

function MovingBars({ take, isPaused }: { readonly take: Take; readonly isPaused: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const heard = useRef<number[]>([]);
  useEffect(() => {
    if (isPaused) return;
    let frame = 0;
    const draw = () => {
      const bars = Math.floor(take.elapsed / BAR_TIME);
      if (bars > heard.current.length) heard.current.push(take.loudness);
      heard.current.length = Math.min(heard.current.length, bars);
      drawBars(canvas, heard.current, (take.elapsed % BAR_TIME) / BAR_TIME);
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [take, isPaused]);
  return <canvas ref={canvas} className={styles.bars} />;
}

/** The latest at the right; what has gone out at the left is not drawn. */
function drawBars({ current }: RefObject<HTMLCanvasElement | null>, heard: number[], part: number): void {
  const context = current?.getContext("2d");
  if (!current || !context) return;
  const [width, height] = [current.clientWidth, current.clientHeight];
  const density = devicePixelRatio;
  // Setting a size clears it.
  [current.width, current.height] = [width * density, height * density];
  context.scale(density, density);
  context.fillStyle = getComputedStyle(current).color;
  const most = Math.ceil(width / STRIDE) + 1;
  for (const [at, loudness] of heard.slice(-most).reverse().entries()) {
    const tall = Math.max(BAR, loudness * height);
    context.beginPath();
    context.roundRect(width - (at + part) * STRIDE - BAR, (height - tall) / 2, BAR, tall, BAR / 2);
    context.fill();
  }
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

function useReducedMotion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      calm.addEventListener("change", listener);
      return () => calm.removeEventListener("change", listener);
    },
    () => calm.matches,
  );
}
