import { ImageDown } from "lucide-react";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { Spoken } from "../design/spoken.tsx";
import { sizeText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import styles from "./attachments.module.css";
import { honestName } from "./file-name.ts";
import { FileRow } from "./file-row.tsx";
import { Progress } from "./progress.tsx";
import type { LoadableFile } from "./use-file.ts";

/** Octets of a picture that is fetched without being asked for. */
const SMALL = 8 * 1024 * 1024;

/** A picture, whose place is kept from the beginning; it can be opened in the viewer. */
export function Picture({
  file,
  style,
  onOpen,
}: {
  readonly file: LoadableFile;
  readonly style?: CSSProperties;
  readonly onOpen: () => void;
}) {
  const { attachments } = useLanguage().texts;
  const { attachment, state } = file;
  const [isBroken, setBroken] = useState(false);
  const [isShown, setShown] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  useLoadedWhenNear(frame, file);
  if (isBroken)
    return (
      <div className={styles.broken} style={style}>
        <FileRow file={file} note={attachments.broken} />
      </div>
    );
  const name = honestName(attachment.name);
  return (
    <div ref={frame} className={styles.picture} style={style}>
      {attachment.thumbnailUrl && !isShown ? (
        <img className={styles.thumbnail} src={attachment.thumbnailUrl} alt="" />
      ) : null}
      {state.name === "loaded" ? (
        <button type="button" className={styles.open} onClick={onOpen}>
          <img
            className={styles.full}
            src={state.url}
            alt={name}
            draggable={false}
            onLoad={() => setShown(true)}
            onError={() => setBroken(true)}
          />
        </button>
      ) : (
        <Coming file={file} name={name} />
      )}
    </div>
  );
}

/** What there is to do until the whole picture is here. */
export function Coming({ file, name }: { readonly file: LoadableFile; readonly name: string }) {
  const language = useLanguage();
  const { attachments } = language.texts;
  const { attachment, state, isWaiting, load, cancel } = file;
  if (isWaiting) return <img className={styles.nothing} alt={name} />;
  if (state.name === "loading")
    return (
      <Centre>
        <Progress
          done={state.done}
          total={attachment.size}
          label={attachments.downloading(name)}
          cancelLabel={attachments.cancelDownload}
          onCancel={cancel}
        />
      </Centre>
    );
  const isFailed = state.name === "failed";
  return (
    <Centre>
      {isFailed ? (
        <p role="alert" className={styles.reason}>
          {errorText(state.error, language)}
        </p>
      ) : null}
      <button type="button" className={styles.fetch} onClick={() => void load()}>
        <ImageDown size={18} aria-hidden />
        {isFailed ? language.texts.common.retry : sizeText(attachment.size, language.locale)}
        <Spoken>{attachments.show(name)}</Spoken>
      </button>
    </Centre>
  );
}

const Centre = ({ children }: { readonly children: ReactNode }) => (
  <div className={styles.centre}>{children}</div>
);

/** Fetches a small picture shortly before it is seen. */
function useLoadedWhenNear(
  frame: React.RefObject<HTMLElement | null>,
  { attachment, state, isWaiting, load }: LoadableFile,
): void {
  const isWanted = state.name === "absent" && !isWaiting && attachment.size <= SMALL;
  const wasSeen = useRef(false);
  useEffect(() => {
    const element = frame.current;
    if (!isWanted || wasSeen.current || !element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        // Once: what somebody cancelled stays cancelled.
        wasSeen.current = true;
        observer.disconnect();
        void load();
      },
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, isWanted, load]);
}
