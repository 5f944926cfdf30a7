/** Pixels, at most. */
const WIDTH = 320;
const HEIGHT = 400;
/** For pictures whose size nobody said. */
const UNKNOWN = { width: 320, height: 240 } as const;

interface Size {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** How large a single picture is shown: its own shape, never larger than it is, never a thin line. */
export function shownSize({ width, height }: Size): { readonly width: number; readonly aspectRatio: string } {
  const own = width && height ? { width, height } : UNKNOWN;
  const scale = Math.min(1, WIDTH / own.width, HEIGHT / own.height);
  const [across, down] = [Math.max(120, own.width * scale), Math.max(80, own.height * scale)];
  return { width: Math.round(across), aspectRatio: `${Math.round(across)} / ${Math.round(down)}` };
}

/** How several pictures stand beside each other: the first takes what the others leave of its row. */
export function albumOf(count: number): { readonly columns: number; readonly firstSpans: number } {
  const columns = count <= 4 ? 2 : 3;
  const rest = count % columns;
  return { columns, firstSpans: rest === 0 ? 1 : columns - rest + 1 };
}
