import { ImageUp, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTexts } from "../language/language.tsx";
import { Avatar } from "./avatar.tsx";
import styles from "./avatar-editor.module.css";
import { Button } from "./button.tsx";
import { usePictureChoice } from "./picture-choice.tsx";
import { Spinner } from "./spinner.tsx";

// Few people change a picture, and nobody right away.
const PictureCrop = lazy(() =>
  import("./picture-crop.tsx").then(({ PictureCrop }) => ({ default: PictureCrop })),
);

/** Somebody's own picture, or that of a chat of theirs: to be chosen, cropped and removed. */
export function AvatarEditor({
  name,
  id,
  url,
  size = 112,
  onChange,
  isBusy = false,
  error,
}: {
  readonly name: string;
  readonly id: number;
  readonly url: string | undefined;
  readonly size?: number;
  /** Takes the cropped picture, or `null` to remove it. @returns whether that went well: what was cropped is kept until then */
  readonly onChange: (picture: Blob | null) => Promise<boolean>;
  readonly isBusy?: boolean;
  /** Why it did not go well. */
  readonly error?: string | undefined;
}) {
  const { information } = useTexts();
  const [file, setFile] = useState<Blob>();
  const choice = usePictureChoice(setFile);
  const use = async (picture: Blob) => (await onChange(picture)) && setFile(undefined);
  return (
    <div className={styles.editor}>
      <span className={styles.picture}>
        <Avatar id={id} name={name} url={url} size={size} />
        {isBusy ? (
          <span className={styles.busy}>
            <Spinner label={information.picture.saving} />
          </span>
        ) : null}
      </span>
      <div className={styles.actions}>
        <Button look="plain" icon={<ImageUp size={18} aria-hidden />} onClick={choice.open}>
          {url ? information.picture.change : information.picture.choose}
        </Button>
        {url ? (
          <Button
            look="plain"
            icon={<Trash2 size={18} aria-hidden />}
            isBusy={isBusy}
            onClick={() => void onChange(null)}
          >
            {information.picture.remove}
          </Button>
        ) : null}
      </div>
      <p role="alert" className={styles.error}>
        {file ? undefined : error}
      </p>
      {choice.input}
      {file ? (
        <Suspense>
          <PictureCrop
            file={file}
            isBusy={isBusy}
            error={error}
            onCropped={(picture) => void use(picture)}
            onClose={() => setFile(undefined)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
