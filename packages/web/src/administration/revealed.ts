/** Something that a reporter revealed, as text. */
export interface RevealedText {
  /** Tells it from the others of the same report. */
  readonly key: string;
  readonly text: string;
}

/**
 * What a report reveals, as text: messages where it looks like messages, else all of it as it is. It comes from somebody
 * else's app and may be anything.
 */
export function revealedTexts(revealed: unknown): RevealedText[] {
  if (revealed === null || revealed === undefined) return [];
  const entries: readonly unknown[] = Array.isArray(revealed) ? revealed : listIn(revealed);
  return entries.map((entry, at) => ({ key: String(at), text: textOf(entry) }));
}

/** An object may carry its messages in a list. */
function listIn(revealed: unknown): readonly unknown[] {
  const messages: unknown =
    typeof revealed === "object" && revealed !== null ? Reflect.get(revealed, "messages") : undefined;
  return Array.isArray(messages) ? messages : [revealed];
}

function textOf(entry: unknown): string {
  if (typeof entry === "string") return entry;
  if (typeof entry !== "object" || entry === null) return String(entry);
  const text: unknown = Reflect.get(entry, "text");
  return typeof text === "string" ? text : JSON.stringify(entry, undefined, 2);
}
