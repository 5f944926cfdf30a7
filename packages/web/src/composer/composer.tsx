import type { Chat } from "@tacit/client";
import { Check, Paperclip, SendHorizontal } from "lucide-react";
import { type RefObject, useCallback, useEffect, useId, useRef } from "react";
import { IconButton } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { RecordButton } from "../recordings/record-button.tsx";
import styles from "./composer.module.css";
import { DropTarget } from "./drop-target.tsx";
import { EmojiButton } from "./emoji-button.tsx";
import { FileInput } from "./file-input.tsx";
import { charactersLeft } from "./message-size.ts";
import { pastedFiles } from "./picked-files.ts";
import { SendFiles } from "./send-files.tsx";
import { TargetBar } from "./target-bar.tsx";
import { hasKeyboard, TextField } from "./text-field.tsx";
import { useDrop } from "./use-drop.ts";
import { useFiles } from "./use-files.ts";
import { useWriting } from "./use-writing.ts";

/** Where a message is written: text, files, emoji, recordings; an answer or an edit if that was chosen. */
export function Composer({
  chat,
  onEditLast,
}: {
  readonly chat: Chat;
  /** Begins to edit the last message of one's own, if the conversation knows it. */
  readonly onEditLast?: () => void;
}) {
  const { composer } = useLanguage().texts;
  const field = useRef<HTMLTextAreaElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const { writing, target, type, submit, sendFiles, error, isUnkept, setTarget } = useWriting(chat.id, field);
  const { picked, sending, offer, change, giveUp } = useFiles(sendFiles);
  const { text, about } = writing;
  const isEdit = about?.kind === "edit";
  const isLookingThrough = picked.files.length + picked.refused.length > 0;
  const place = useDrop(field, !isEdit, offer);
  const hint = useId();
  const left = charactersLeft(text);
  useFocus(field, target, isLookingThrough);

  const cancel = useCallback(() => {
    setTarget(undefined);
    field.current?.focus();
  }, [setTarget]);
  const editLast = useCallback(async () => {
    if (onEditLast) return onEditLast();
    const messages = await chat.messages({ limit: 20 });
    const message = messages.findLast(
      ({ isMine, kind, text, forwardedFrom }) => isMine && kind === "text" && text !== "" && !forwardedFrom,
    );
    if (message && field.current?.value === "") setTarget({ kind: "edit", message });
  }, [chat, onEditLast, setTarget]);

  return (
    <div className={styles.composer}>
      {target ? <TargetBar target={target} onCancel={cancel} /> : null}
      <Notices id={hint} error={error} isUnkept={isUnkept} left={left} />
      <div className={styles.line}>
        <FileInput ref={input} onOffer={offer} />
        {isEdit ? null : (
          <IconButton
            label={composer.attach}
            onClick={() => {
              // There one goes on after the files.
              if (hasKeyboard()) field.current?.focus();
              input.current?.click();
            }}
          >
            <Paperclip size={22} aria-hidden />
          </IconButton>
        )}
        <TextField
          field={field}
          label={composer.message}
          text={text}
          isInvalid={error !== undefined || (left !== undefined && left < 0)}
          describedBy={left === undefined ? undefined : hint}
          onType={type}
          onSubmit={submit}
          onArrowUp={() => void editLast()}
          onEscape={() => {
            if (target) cancel();
            return target !== undefined;
          }}
          onFiles={(data) => {
            const pasted = isEdit ? undefined : pastedFiles(data);
            if (pasted) offer(pasted);
            return pasted !== undefined;
          }}
        />
        <EmojiButton field={field} />
        {text.trim() || isEdit ? (
          <SendButton isEdit={isEdit} onSend={submit} />
        ) : (
          <RecordButton chat={chat} replyToId={about?.id} onSent={cancel} />
        )}
      </div>
      {place ? <DropTarget {...place} /> : null}
      {isLookingThrough ? (
        <SendFiles
          picked={picked}
          text={text}
          sending={sending}
          onType={type}
          onOffer={offer}
          onChange={change}
          onClose={giveUp}
        />
      ) : null}
    </div>
  );
}

function SendButton({ isEdit, onSend }: { readonly isEdit: boolean; readonly onSend: () => Promise<void> }) {
  const { composer } = useLanguage().texts;
  return (
    <IconButton
      look="main"
      className={styles.send}
      label={isEdit ? composer.saveEdit : composer.send}
      // The field keeps the focus, and a phone its keyboard.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => void onSend()}
    >
      {isEdit ? <Check size={22} aria-hidden /> : <SendHorizontal size={20} aria-hidden />}
    </IconButton>
  );
}

/** What is wrong, and how much room there is left. */
function Notices({
  id,
  error,
  isUnkept,
  left,
}: {
  readonly id: string;
  readonly error: unknown;
  readonly isUnkept: boolean;
  readonly left: number | undefined;
}) {
  const language = useLanguage();
  const { composer } = language.texts;
  return (
    <>
      {error ? <Note look="alert">{errorText(error, language)}</Note> : null}
      {isUnkept ? <Note look="warn">{composer.draftNotKept}</Note> : null}
      {left === undefined ? null : (
        <p id={id} role="status" className={styles.left} data-over={left < 0 || undefined}>
          {left < 0 ? composer.charactersOver(-left) : composer.charactersLeft(left)}
        </p>
      )}
    </>
  );
}

/** One can write at once where there is a keyboard, and wherever something was chosen to be answered or edited. */
function useFocus(
  field: RefObject<HTMLTextAreaElement | null>,
  target: unknown,
  isLookingThrough: boolean,
): void {
  // Also after files were looked through.
  useEffect(() => {
    if (
      !isLookingThrough &&
      hasKeyboard() &&
      !document.activeElement?.closest("input, textarea, [data-holds-focus], [role=dialog]")
    )
      field.current?.focus({ preventScroll: true });
  }, [field, isLookingThrough]);
  useEffect(() => {
    if (!target || !field.current) return;
    field.current.focus({ preventScroll: true });
    field.current.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [field, target]);
}
