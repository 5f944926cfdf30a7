import type { Message, OutgoingFile } from "@tacit/client";
import { useCallback, useState } from "react";
import { keyOf, loadedFilesOf } from "../attachments/use-file.ts";
import { useTacit } from "../live/account.tsx";
import { NONE, type Offer, type Picked, type PickedFile, pick } from "./picked-files.ts";
import { useFileSending } from "./use-file-sending.ts";

/** The files that somebody is about to send. They stay until they are in the outbox, or given up. */
export function useFiles(
  send: (files: readonly OutgoingFile[], signal: AbortSignal) => Promise<Message | undefined>,
) {
  const tacit = useTacit();
  const [picked, setPicked] = useState<Picked>(NONE);
  const sending = useFileSending(async (files, signal) => {
    const message = await send(files, signal);
    if (message) keepPictures(loadedFilesOf(tacit), message, files);
    setPicked(NONE);
  });
  const { isRunning, clear } = sending;
  const offer = useCallback(
    (offer: Offer) => {
      if (!isRunning) setPicked(({ files }) => pick(files, offer));
    },
    [isRunning],
  );
  const change = useCallback((files: readonly PickedFile[]) => setPicked({ files, refused: [] }), []);
  const giveUp = useCallback(() => {
    sending.cancel();
    clear();
    setPicked(NONE);
  }, [sending.cancel, clear]);
  return { picked, sending, offer, change, giveUp };
}

/** What is here need not be fetched to be shown. */
function keepPictures(
  loaded: ReturnType<typeof loadedFilesOf>,
  message: Message,
  files: readonly OutgoingFile[],
): void {
  files.forEach((file, at) => {
    if (file instanceof Blob && /^image\/(?!svg)/i.test(file.type)) loaded.put(keyOf(message, at), file);
  });
}
