import { Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { IconButton } from "../../design/button.tsx";
import { useTexts } from "../../language/language.tsx";
import styles from "./search-field.module.css";

/** Searches chats, people and messages. Ctrl+K (on a Mac, Cmd+K) comes here, Escape clears it. */
export function SearchField({
  query,
  onQuery,
  onKeyDown,
}: {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { chats } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => {
      const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isShortcut || event.code !== "KeyK" || event.defaultPrevented) return;
      event.preventDefault();
      input.current?.select();
      input.current?.focus();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  const clear = () => {
    onQuery("");
    input.current?.focus();
  };
  return (
    <search className={styles.field}>
      <Search size={18} className={styles.icon} aria-hidden />
      <input
        ref={input}
        className={styles.input}
        type="search"
        enterKeyHint="search"
        autoComplete="off"
        aria-label={chats.search}
        aria-keyshortcuts="Control+K Meta+K"
        placeholder={chats.search}
        value={query}
        onChange={({ target }) => onQuery(target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Escape") onQuery("");
          else onKeyDown(event);
        }}
      />
      {query === "" ? null : (
        <IconButton label={chats.clearSearch} className={styles.clear} onClick={clear}>
          <X size={18} aria-hidden />
        </IconButton>
      )}
    </search>
  );
}
