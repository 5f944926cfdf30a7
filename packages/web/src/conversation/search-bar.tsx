import type { Message } from "@tacit/client";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useDeferredValue, useEffect, useState } from "react";
import { IconButton } from "../design/button.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import styles from "./bars.module.css";
import { useSetting } from "./deeds.tsx";

/** Looks for words in the chat and goes from one message that holds them to the next. */
export function SearchBar({ onClose }: { readonly onClose: () => void }) {
  const { conversation } = useTexts();
  const { chatId, deeds } = useSetting();
  const tacit = useTacit();
  const [words, setWords] = useState("");
  const query = useDeferredValue(words.trim());
  const [at, setAt] = useState(0);
  const { value: found, isLoading } = useAnswer(
    async () => (query === "" ? [] : newestFirst(await tacit.search(query, { chatId, limit: 1000 }))),
    [tacit, chatId, query],
  );
  const go = (to: number, among = found) => {
    const id = among?.[to]?.id;
    if (id === undefined) return;
    setAt(to);
    deeds.goTo(id);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was found is gone to once, when it comes.
  useEffect(() => go(0), [found]);
  const count = found?.length ?? 0;
  return (
    <search className={styles.bar}>
      <input
        className={styles.search}
        type="search"
        // biome-ignore lint/a11y/noAutofocus: it was opened to type into.
        autoFocus
        aria-label={conversation.searchInChat}
        placeholder={conversation.searchInChat}
        value={words}
        onChange={({ target }) => setWords(target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
          else if (event.key === "Enter") go(event.shiftKey ? at - 1 : at + 1);
        }}
      />
      <span className={styles.found} role="status">
        {query === "" || isLoading
          ? ""
          : count === 0
            ? conversation.searchNothing
            : conversation.searchCount(at + 1, count)}
      </span>
      <IconButton label={conversation.searchNext} disabled={at + 1 >= count} onClick={() => go(at + 1)}>
        <ChevronUp size={20} aria-hidden />
      </IconButton>
      <IconButton label={conversation.searchPrevious} disabled={at === 0} onClick={() => go(at - 1)}>
        <ChevronDown size={20} aria-hidden />
      </IconButton>
      <IconButton label={conversation.searchClose} onClick={onClose}>
        <X size={20} aria-hidden />
      </IconButton>
    </search>
  );
}

const newestFirst = (messages: readonly Message[]) => messages.toSorted((a, b) => (b.id ?? 0) - (a.id ?? 0));
