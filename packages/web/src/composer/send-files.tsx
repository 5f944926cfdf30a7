import { ArrowUp, FileUp, Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { FileIcon } from "../attachments/file-icon.tsx";
import { ShownName } from "../attachments/shown-name.tsx";
import { Button, IconButton } from "../design/button.tsx";
import { Dialog, DialogActions } from "../design/dialog.tsx";
import { Note } from "../design/note.tsx";
import { Switch } from "../design/switch.tsx";
import { sizeText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { FileInput } from "./file-input.tsx";
import styles from "./files.module.css";
import { MOST_FILES, moved, type Offer, type Picked, type PickedFile, pastedFiles } from "./picked-files.ts";
import { hasKeyboard, TextField } from "./text-field.tsx";
import type { FileSending } from "./use-file-sending.ts";

/** What is about to be sent, to be looked at before it is: files, their order, and a text with them. */
export function SendFiles({
  picked,
  text,
  sending,
  onType,
  onOffer,
  onChange,
  onClose,
}: {
  readonly picked: Picked;
  readonly text: string;
  readonly sending: FileSending;
  readonly onType: (text: string) => void;
  readonly onOffer: (offer: Offer) => void;
  readonly onChange: (files: readonly PickedFile[]) => void;
  readonly onClose: () => void;
}) {
  const language = useLanguage();
  const { composer, common } = language.texts;
  const caption = useRef<HTMLTextAreaElement>(null);
  const [asFiles, setAsFiles] = useState(false);
  const { files, refused } = picked;
  const { isRunning, error } = sending;
  const send = () => {
    if (files.length > 0) void sending.run(files, asFiles);
  };
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (hasKeyboard()) caption.current?.focus();
  }, []);
  return (
    <Dialog title={composer.sendFiles(files.length)} isOpen onClose={onClose}>
      <div className={styles.sheet} data-takes-files>
        <ul className={styles.list} aria-label={composer.files}>
          {files.map((picked, at) => (
            <Line
              key={picked.id}
              picked={picked}
              isFirst={at === 0}
              isFixed={isRunning}
              onMove={() => onChange(moved(files, picked.id))}
              onRemove={() => onChange(files.filter(({ id }) => id !== picked.id))}
            />
          ))}
        </ul>
        {refused.length > 0 ? (
          <Note look="alert">
            <ul>
              {refused.map(({ name, why }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they are never moved, and two can have one name.
                <li key={at}>
                  <bdi>{name}</bdi>: {composer.refusals[why]}
                </li>
              ))}
            </ul>
          </Note>
        ) : null}
        {error ? <Note look="alert">{errorText(error, language)}</Note> : null}
        <FileInput ref={input} onOffer={onOffer} />
        {files.length < MOST_FILES && !isRunning ? (
          <Button look="plain" icon={<Plus size={18} aria-hidden />} onClick={() => input.current?.click()}>
            {composer.addFiles}
          </Button>
        ) : null}
        {files.some(({ file }) => /^(image|video)\//.test(file.type)) ? (
          <Switch
            label={composer.asFiles}
            hint={composer.asFilesHint}
            isOn={asFiles}
            isDisabled={isRunning}
            onChange={setAsFiles}
          />
        ) : null}
        <div className={styles.caption}>
          <TextField
            field={caption}
            label={composer.caption}
            text={text}
            isReadOnly={isRunning}
            onType={onType}
            onSubmit={send}
            onFiles={(data) => {
              const offer = pastedFiles(data);
              if (offer) onOffer(offer);
              return offer !== undefined;
            }}
          />
        </div>
        <DialogActions>
          <Button onClick={isRunning ? sending.cancel : onClose}>{common.cancel}</Button>
          <Button
            look="main"
            isBusy={isRunning}
            disabled={files.length === 0}
            icon={<FileUp size={18} aria-hidden />}
            onClick={send}
          >
            {isRunning ? composer.preparing : composer.send}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

function Line({
  picked: { file },
  isFirst,
  isFixed,
  onMove,
  onRemove,
}: {
  readonly picked: PickedFile;
  readonly isFirst: boolean;
  readonly isFixed: boolean;
  readonly onMove: () => void;
  readonly onRemove: () => void;
}) {
  const { texts, locale } = useLanguage();
  return (
    <li className={styles.file}>
      <Preview file={file} />
      <div className={styles.about}>
        <ShownName name={file.name} />
        <span className={styles.size}>{sizeText(file.size, locale)}</span>
      </div>
      {isFirst || isFixed ? null : (
        <IconButton label={texts.composer.moveUp(file.name)} onClick={onMove}>
          <ArrowUp size={18} aria-hidden />
        </IconButton>
      )}
      {isFixed ? null : (
        <IconButton label={texts.composer.removeFile(file.name)} onClick={onRemove}>
          <X size={18} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}

/** A picture is shown small; if nobody can look at it, it goes as any other file. */
function Preview({ file }: { readonly file: File }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!/^image\/(?!svg)/.test(file.type)) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (!url) return <FileIcon mimetype={file.type} />;
  return <img className={styles.preview} src={url} alt="" onError={() => setUrl(undefined)} />;
}
