import { Download } from "lucide-react";
import { sizeText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import styles from "./attachments.module.css";
import { FileIcon } from "./file-icon.tsx";
import { honestName } from "./file-name.ts";
import { Progress } from "./progress.tsx";
import { ShownName } from "./shown-name.tsx";
import type { LoadableFile } from "./use-file.ts";
import { useSaving } from "./use-saving.ts";

/** A file, which can be saved. */
export function FileRow({ file, note }: { readonly file: LoadableFile; readonly note?: string }) {
  const language = useLanguage();
  const { attachments } = language.texts;
  const { attachment, isWaiting } = file;
  const { save, cancel, done, error } = useSaving(file);
  const size = sizeText(attachment.size, language.locale);
  const name = honestName(attachment.name);
  return (
    <div className={styles.row}>
      {done === undefined ? (
        <FileIcon mimetype={attachment.mimetype} />
      ) : (
        <Progress
          done={done}
          total={attachment.size}
          label={attachments.downloading(name)}
          cancelLabel={attachments.cancelDownload}
          onCancel={cancel}
        />
      )}
      <div className={styles.about}>
        <ShownName name={attachment.name} />
        <span className={styles.soft}>
          {done === undefined ? size : attachments.downloaded(sizeText(done, language.locale), size)}
        </span>
        {note ? <span className={styles.soft}>{note}</span> : null}
        <span role="alert" className={styles.error}>
          {error ? errorText(error, language) : null}
        </span>
      </div>
      {isWaiting || done !== undefined ? null : (
        <button
          type="button"
          className={styles.act}
          aria-label={error ? attachments.tryAgain(name) : attachments.download(name)}
          title={error ? attachments.tryAgain(name) : attachments.download(name)}
          onClick={save}
        >
          <Download size={20} aria-hidden />
        </button>
      )}
    </div>
  );
}
