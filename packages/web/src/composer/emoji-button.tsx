import { Smile } from "lucide-react";
import { Popover } from "radix-ui";
import { type RefObject, useState } from "react";
import { Button, IconButton } from "../design/button.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer } from "../live/account.tsx";
import styles from "./emoji.module.css";

/** Opens the emoji; what is chosen is put in at the caret. */
export function EmojiButton({ field }: { readonly field: RefObject<HTMLTextAreaElement | null> }) {
  const texts = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <IconButton label={texts.composer.emoji}>
          <Smile size={22} aria-hidden />
        </IconButton>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.panel}
          aria-label={texts.composer.emoji}
          side="top"
          align="end"
          sideOffset={8}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            field.current?.focus();
          }}
        >
          <Emoji onChoose={(emoji) => insert(field.current, emoji)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** They are fetched when they are first wanted, which can fail. */
function Emoji({ onChoose }: { readonly onChoose: (emoji: string) => void }) {
  const texts = useTexts();
  const { value, error, retry } = useAnswer(() => import("./emoji-panel.tsx"), []);
  const [isFailed, setFailed] = useState(false);
  if (error || isFailed)
    return (
      <div className={styles.failed} role="alert">
        <p>{texts.composer.emojiFailed}</p>
        <Button
          onClick={() => {
            setFailed(false);
            retry();
          }}
        >
          {texts.common.retry}
        </Button>
      </div>
    );
  if (!value) return <Spinner label={texts.common.loading} />;
  return <value.EmojiPanel onChoose={onChoose} onFail={() => setFailed(true)} />;
}

/** As if it were typed, so that the field takes it as anything else. */
function insert(field: HTMLTextAreaElement | null, text: string): void {
  if (!field) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
