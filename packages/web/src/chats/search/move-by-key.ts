import type { KeyboardEvent } from "react";

/** Up and down through all results; up from the first, back to the field. */
export function moveByKey(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const results = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-result]")];
  const at = results.findIndex((result) => result.matches(":focus"));
  if (at < 0) return;
  event.preventDefault();
  if (at + step < 0) focusField(event);
  else results[at + step]?.focus();
}

/** Back to the field that is searched with. */
export function focusField({ currentTarget }: KeyboardEvent<HTMLElement>): void {
  currentTarget.closest("[data-search]")?.querySelector("input")?.focus();
}
