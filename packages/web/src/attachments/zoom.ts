/** How a picture lies in the viewer: moved from the middle by so many pixels, and so many times as large as it fits. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** A place, in pixels from the middle of the viewer. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The whole picture. */
export const FITTED: View = { scale: 1, x: 0, y: 0 };
const LARGEST = 8;

/** The view with the picture so many times larger; what lies at the place stays there. */
export function zoomed(view: View, factor: number, at: Point = { x: 0, y: 0 }): View {
  const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
  if (scale === 1) return FITTED;
  const grown = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/** The view moved by so many pixels, but not so far that the picture leaves a viewer of this size. */
export function panned(
  view: View,
  by: Point,
  size: { readonly width: number; readonly height: number },
): View {
  const most = { x: (size.width * (view.scale - 1)) / 2, y: (size.height * (view.scale - 1)) / 2 };
  return { scale: view.scale, x: within(view.x + by.x, most.x), y: within(view.y + by.y, most.y) };
}

const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));
