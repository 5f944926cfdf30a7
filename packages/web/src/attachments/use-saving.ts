import { useCallback, useRef, useState } from "react";
import { useTask } from "../live/task.ts";
import { isStreamed, saveAsItComes, saveBlob } from "./save-file.ts";
import type { LoadableFile } from "./use-file.ts";

/** A file on its way to the disk. */
export interface Saving {
  readonly save: () => void;
  readonly cancel: () => void;
  /** Octets that have come; `undefined` while nothing is under way. */
  readonly done: number | undefined;
  readonly error: unknown;
}

/** Saves a file of a message: out of memory, or as it comes. */
export function useSaving({ attachment, state, load, cancel }: LoadableFile): Saving {
  const [done, setDone] = useState(0);
  const over = useRef<AbortController>(undefined);
  const streaming = useTask(async () => {
    over.current = new AbortController();
    setDone(0);
    try {
      await saveAsItComes(attachment, { signal: over.current.signal, onProgress: setDone });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  });
  const save = useCallback(async () => {
    if (state.name === "loaded") return saveBlob(attachment.name, state.url);
    if (isStreamed(attachment)) return void streaming.run();
    const blob = await load();
    if (!blob) return;
    const url = URL.createObjectURL(blob);
    saveBlob(attachment.name, url);
    // The browser has taken hold of it by then.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }, [attachment, state, load, streaming.run]);
  const loading = state.name === "loading" ? state.done : undefined;
  return {
    save: () => void save(),
    cancel: () => {
      over.current?.abort();
      cancel();
    },
    done: streaming.isRunning ? done : loading,
    error: state.name === "failed" ? state.error : streaming.error,
  };
}
