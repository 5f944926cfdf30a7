import type { OutgoingFile } from "@tacit/client";
import { useCallback, useRef } from "react";
import { useTask } from "../live/task.ts";
import type { PickedFile } from "./picked-files.ts";

/** The files on their way into the outbox. */
export interface FileSending {
  readonly run: (files: readonly PickedFile[], asFiles: boolean) => Promise<boolean>;
  /** Ends it; the files stay to be sent. */
  readonly cancel: () => void;
  readonly clear: () => void;
  readonly isRunning: boolean;
  readonly error: unknown;
}

/** Sends files, once at a time. @param send with what stands in the field */
export function useFileSending(
  send: (files: readonly OutgoingFile[], signal: AbortSignal) => Promise<unknown>,
): FileSending {
  const over = useRef<AbortController>(undefined);
  const task = useTask(async (files: readonly PickedFile[], asFiles: boolean) => {
    over.current = new AbortController();
    const { signal } = over.current;
    const outgoing = files.map(({ file }) => (asFiles ? asFile(file) : file));
    await send(outgoing, signal);
  });
  const isCancelled = over.current?.signal.aborted ?? false;
  const cancel = useCallback(() => over.current?.abort(), []);
  return { ...task, error: isCancelled ? undefined : task.error, cancel };
}

/** Of no known type, it is nothing but a file to who receives it. */
function asFile(file: File): OutgoingFile {
  return { content: file, type: "application/octet-stream", thumbnail: null };
}
