import type { Attachment, Message, Tacit } from "@tacit/client";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useTacit } from "../live/account.tsx";
import { LoadedFiles, type LoadState } from "./loaded-files.ts";

/** Octets of files that nobody shows any more. */
const MOST_OCTETS = 96 * 1024 * 1024;

const stores = new WeakMap<Tacit, LoadedFiles>();

/** The files of an account that are in memory. */
export function loadedFilesOf(tacit: Tacit): LoadedFiles {
  let files = stores.get(tacit);
  if (!files) {
    const made = new LoadedFiles(MOST_OCTETS);
    tacit.on("session", ({ state }) => state === "wiped" && made.clear());
    stores.set(tacit, made);
    files = made;
  }
  return files;
}

/** What a file of a message is called among those in memory. */
export function keyOf({ chatId, key }: Pick<Message, "chatId" | "key">, at: number): string {
  return `${chatId}/${key}/${at}`;
}

/** A file of a message. */
export interface LoadableFile {
  readonly attachment: Attachment;
  readonly state: LoadState;
  /** Whether it is still to be sent: until then nobody can fetch it. */
  readonly isWaiting: boolean;
  readonly load: () => Promise<Blob | undefined>;
  readonly cancel: () => void;
}

/** A file of a message, as far as it is here, and what brings it. */
export function useFile(message: Message, attachment: Attachment, at: number): LoadableFile {
  const tacit = useTacit();
  const files = loadedFilesOf(tacit);
  const key = keyOf(message, at);
  const state = useSyncExternalStore(files.subscribe, () => files.state(key));
  useEffect(() => files.hold(key), [files, key]);
  const load = useCallback(
    () => files.load(key, (options) => attachment.blob(options)),
    [files, key, attachment],
  );
  const cancel = useCallback(() => files.cancel(key), [files, key]);
  const isWaiting = message.id === undefined;
  return useMemo(
    () => ({ attachment, state, isWaiting, load, cancel }),
    [attachment, state, isWaiting, load, cancel],
  );
}
