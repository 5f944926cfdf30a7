/** Whether somebody looks at this window. */
export function isWatched(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
