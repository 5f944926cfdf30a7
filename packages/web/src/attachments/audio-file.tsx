import { Play } from "lucide-react";
import { useState } from "react";
import { useLanguage } from "../language/language.tsx";
import styles from "./attachments.module.css";
import { honestName } from "./file-name.ts";
import { FileRow } from "./file-row.tsx";
import type { LoadableFile } from "./use-file.ts";

/** Sound, which is fetched when somebody wants to hear it; it can be saved as any file. */
export function AudioFile({ file }: { readonly file: LoadableFile }) {
  const { attachments } = useLanguage().texts;
  const { attachment, state, isWaiting, load } = file;
  const [isWanted, setWanted] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const name = honestName(attachment.name);
  const isHere = state.name === "loaded" && isWanted && !isBroken;
  return (
    <div className={styles.sound}>
      <FileRow file={file} {...(isBroken && { note: attachments.brokenSound })} />
      {isHere ? (
        // biome-ignore lint/a11y/useMediaCaption: what people send each other has no captions.
        <audio
          className={styles.audio}
          src={state.url}
          aria-label={name}
          controls
          autoPlay
          onError={() => setBroken(true)}
        />
      ) : isWaiting || isBroken || state.name === "loading" ? null : (
        <button
          type="button"
          className={styles.listen}
          aria-label={attachments.play(name)}
          onClick={() => {
            setWanted(true);
            void load();
          }}
        >
          <Play size={18} fill="currentColor" aria-hidden />
          {attachments.listen}
        </button>
      )}
    </div>
  );
}
