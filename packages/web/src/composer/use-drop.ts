import { type RefObject, useEffect, useRef, useState } from "react";
import { type Offer, offerOf } from "./picked-files.ts";

/** Where on the screen files would be dropped. */
export type Place = Pick<DOMRect, "top" | "left" | "width" | "height">;

/**
 * Takes files that are dropped anywhere in the pane that a field stands in. Elsewhere they are refused: a browser would leave
 * the app and show them.
 *
 * @returns the pane's place while files are held over it
 */
export function useDrop(
  field: RefObject<HTMLElement | null>,
  isAllowed: boolean,
  onDrop: (offer: Offer) => void,
): Place | undefined {
  const [place, setPlace] = useState<Place>();
  const latest = useRef({ isAllowed, onDrop });
  useEffect(() => {
    latest.current = { isAllowed, onDrop };
  });
  useEffect(() => {
    const over = new AbortController();
    // A browser takes a picture of the page that is dragged for a file.
    let isOwn = false;
    const listen = (
      type: "dragstart" | "dragover" | "drop" | "dragleave" | "dragend",
      listener: (event: DragEvent) => void,
    ) => window.addEventListener(type, listener, { signal: over.signal });
    listen("dragover", (event) => {
      const data = event.dataTransfer;
      if (isOwn || !data?.types.includes("Files")) return;
      event.preventDefault();
      const pane = latest.current.isAllowed ? paneAt(event, field.current) : undefined;
      data.dropEffect = pane ? "copy" : "none";
      setPlace((place) => (pane ? (place ?? placeOf(pane)) : undefined));
    });
    listen("drop", (event) => {
      setPlace(undefined);
      if (isOwn || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (latest.current.isAllowed && paneAt(event, field.current))
        latest.current.onDrop(offerOf(event.dataTransfer));
    });
    // Into no element: out of the window.
    listen("dragleave", ({ relatedTarget }) => relatedTarget ?? setPlace(undefined));
    listen("dragstart", () => {
      isOwn = true;
    });
    listen("dragend", () => {
      isOwn = false;
      setPlace(undefined);
    });
    return () => over.abort();
  }, [field]);
  return place;
}

/** As an object of its own: what is spread of a rectangle of the page is nothing. */
function placeOf(pane: Element): Place {
  const { top, left, width, height } = pane.getBoundingClientRect();
  return { top, left, width, height };
}

/** The pane that the pointer is in, or the window over it in which files are looked through. */
function paneAt({ target }: DragEvent, field: HTMLElement | null): Element | undefined {
  if (!(target instanceof Element)) return undefined;
  const pane = field?.closest("main") ?? field?.parentElement;
  return pane?.contains(target) ? pane : (target.closest("[data-takes-files]") ?? undefined);
}
