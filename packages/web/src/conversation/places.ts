import type { Tacit } from "@tacit/client";
import type { Place } from "./snapshot.ts";

const places = new WeakMap<Tacit, Map<number, Place>>();

/** Where somebody was when they last left a chat; nothing if that was its end. */
export function placeIn(tacit: Tacit, chatId: number): Place | undefined {
  return places.get(tacit)?.get(chatId);
}

/** Remembers it, as long as the page is open. */
export function rememberPlace(tacit: Tacit, chatId: number, place: Place | undefined): void {
  const all = places.get(tacit) ?? new Map<number, Place>();
  places.set(tacit, all);
  if (place) all.set(chatId, place);
  else all.delete(chatId);
}
