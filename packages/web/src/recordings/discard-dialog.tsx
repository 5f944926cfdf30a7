import { useEffect, useRef, useState } from "react";
import { ConfirmDialog } from "../design/dialog.tsx";
import { useLanguage } from "../language/language.tsx";
import { spokenTime } from "./spoken-time.ts";
import { useRecorder } from "./stores.ts";

/** Milliseconds above which a recording is not thrown away without asking. */
const ASK_ABOVE = 10_000;

/** Throws a recording away, with a question before if it is long; also with Escape. @param lengthOf milliseconds, as they are now */
export function useDiscarding(chatId: number, lengthOf: () => number) {
  const recorder = useRecorder();
  const [length, setLength] = useState<number>();
  const ask = () => {
    if (lengthOf() <= ASK_ABOVE) return recorder.discard(chatId);
    recorder.pause(chatId);
    setLength(lengthOf());
  };
  useEscape(ask);
  return { length, ask, discard: () => recorder.discard(chatId), keep: () => setLength(undefined) };
}

/** The question before a recording is thrown away. */
export function DiscardDialog({ discarding }: { readonly discarding: ReturnType<typeof useDiscarding> }) {
  const { texts, locale } = useLanguage();
  const { recordings } = texts;
  return (
    <ConfirmDialog
      title={recordings.discardTitle}
      description={recordings.discardDescription(spokenTime(discarding.length ?? 0, locale))}
      action={recordings.discardAction}
      isOpen={discarding.length !== undefined}
      onConfirm={discarding.discard}
      onClose={discarding.keep}
    />
  );
}

/** Wherever the focus is, but for what lies over everything, which Escape closes. */
function useEscape(act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || document.querySelector("[role=dialog], [role=menu]")) return;
      // Nothing else is left or closed with the same key.
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => document.removeEventListener("keydown", onKeyDown, { capture: true });
  }, []);
}
