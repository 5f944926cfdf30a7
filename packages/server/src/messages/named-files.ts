import type { Message } from "@tacit/protocol";

/** The uploaded files that a message names, each once. A file that it brings along itself has no id. */
export function namedFiles(metadata: Message["metadata"] | undefined): number[] {
  const ids = (metadata ?? []).flatMap(({ file_id }) => file_id ?? []);
  return [...new Set(ids)];
}
