import { Play } from "lucide-react";
import { useState } from "react";
import { clockText, sizeText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import styles from "./attachments.module.css";
import { honestName } from "./file-name.ts";
import { FileRow } from "./file-row.tsx";
import { Progress } from "./progress.tsx";
import { shownSize } from "./sizes.ts";
import type { LoadableFile } from "./use-file.ts";

/** A video, which is fetched when somebody wants to see it. */
export function VideoFile({ file }: { readonly file: LoadableFile }) {
  const language = useLanguage();
  const { attachments } = language.texts;
  const { attachment, state, isWaiting, load, cancel } = file;
  const [isWanted, setWanted] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const name = honestName(attachment.name);
  if (isBroken) return <FileRow file={file} note={attachments.brokenVideo} />;
  const start = () => {
    setWanted(true);
    void load();
  };
  return (
    <div className={styles.picture} style={shownSize(attachment)}>
      {attachment.thumbnailUrl ? (
        <img className={styles.thumbnail} src={attachment.thumbnailUrl} alt="" />
      ) : null}
      {state.name === "loaded" && isWanted ? (
        // biome-ignore lint/a11y/useMediaCaption: what people send each other has no captions.
        <video
          className={styles.video}
          src={state.url}
          poster={attachment.thumbnailUrl}
          aria-label={name}
          controls
          autoPlay
          playsInline
          onError={() => setBroken(true)}
        />
      ) : (
        <div className={styles.centre}>
          {state.name === "failed" ? (
            <p role="alert" className={styles.reason}>
              {errorText(state.error, language)}
            </p>
          ) : null}
          {state.name === "loading" ? (
            <Progress
              done={state.done}
              total={attachment.size}
              label={attachments.downloading(name)}
              cancelLabel={attachments.cancelDownload}
              onCancel={cancel}
            />
          ) : (
            <button
              type="button"
              className={styles.play}
              aria-label={attachments.play(name)}
              disabled={isWaiting}
              onClick={start}
            >
              <Play size={24} fill="currentColor" aria-hidden />
            </button>
          )}
        </div>
      )}
      {state.name === "loaded" && isWanted ? null : (
        <span className={styles.badge}>
          {attachment.duration ? `${clockText(attachment.duration)} · ` : ""}
          {sizeText(attachment.size, language.locale)}
        </span>
      )}
    </div>
  );
}
