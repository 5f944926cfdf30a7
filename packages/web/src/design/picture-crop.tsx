import { ImageUp, ZoomIn, ZoomOut } from "lucide-react";
import { useEffect, useId, useState } from "react";
import Cropper, { type Area } from "react-easy-crop";
import "react-easy-crop/react-easy-crop.css";
import { useTexts } from "../language/language.tsx";
import { Button } from "./button.tsx";
import { croppedPicture } from "./cropped-picture.ts";
import { Dialog, DialogActions } from "./dialog.tsx";
import { Note } from "./note.tsx";
import { usePictureChoice } from "./picture-choice.tsx";
import styles from "./picture-crop.module.css";
import { Spinner } from "./spinner.tsx";

const MOST_ZOOM = 4;
/** Pixels that an arrow key moves the picture by. */
const STEP = 8;

interface Opened {
  readonly bitmap: ImageBitmap;
  readonly url: string;
}

/** Lets a person cut a square out of a picture, with a pointer, fingers or keys; it says so if the file is none that can be read. */
export function PictureCrop({
  file,
  isBusy = false,
  error,
  onCropped,
  onClose,
}: {
  readonly file: Blob;
  /** What came out is being used: the dialog stays until that went well. */
  readonly isBusy?: boolean;
  /** Why it could not be used. */
  readonly error?: string | undefined;
  /** Takes the square: WebP (PNG where the browser writes none), at most 1,024 pixels a side. */
  readonly onCropped: (picture: Blob) => void;
  readonly onClose: () => void;
}) {
  const { information, common } = useTexts();
  const [chosen, setChosen] = useState(file);
  const picture = useOpened(chosen);
  const [area, setArea] = useState<Area>();
  const choice = usePictureChoice((other) => {
    setArea(undefined);
    setChosen(other);
  });
  const crop = async (bitmap: ImageBitmap, part: Area) => onCropped(await croppedPicture(bitmap, part));
  return (
    <Dialog title={information.picture.crop} isOpen onClose={onClose}>
      {picture === "unreadable" ? (
        <Note look="alert">{information.picture.unreadable}</Note>
      ) : picture ? (
        // Another picture begins with its own place and zoom.
        <Stage key={picture.url} url={picture.url} onArea={setArea} />
      ) : (
        <div className={styles.stage}>
          <Spinner label={common.loading} />
        </div>
      )}
      {error ? <Note look="alert">{error}</Note> : null}
      <DialogActions>
        <Button look="plain" icon={<ImageUp size={18} aria-hidden />} onClick={choice.open}>
          {information.picture.chooseOther}
        </Button>
        {typeof picture === "object" ? (
          <Button
            look="main"
            isBusy={isBusy || area === undefined}
            onClick={() => area && void crop(picture.bitmap, area)}
          >
            {information.picture.use}
          </Button>
        ) : null}
      </DialogActions>
      {choice.input}
    </Dialog>
  );
}

function Stage({ url, onArea }: { readonly url: string; readonly onArea: (area: Area) => void }) {
  const { information } = useTexts();
  const [place, setPlace] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  const id = useId();
  return (
    <>
      <div className={styles.stage}>
        <Cropper
          image={url}
          crop={place}
          zoom={zoom}
          maxZoom={MOST_ZOOM}
          aspect={1}
          showGrid={false}
          keyboardStep={STEP}
          // Its style would be injected as an element, which the page's rules refuse: it is imported above.
          disableAutomaticStylesInjection
          classes={{ cropAreaClassName: styles.mask ?? "" }}
          cropperProps={{
            role: "application",
            "aria-label": information.picture.frame,
            "aria-describedby": id,
          }}
          mediaProps={{ alt: "" }}
          onCropChange={setPlace}
          onZoomChange={setZoom}
          onCropComplete={(_, pixels) => onArea(pixels)}
        />
      </div>
      <p id={id} className={styles.hint}>
        {information.picture.cropHint}
      </p>
      <div className={styles.zoom}>
        <ZoomOut size={18} aria-hidden />
        <input
          type="range"
          className={styles.slider}
          aria-label={information.picture.zoom}
          min={1}
          max={MOST_ZOOM}
          step={0.05}
          value={zoom}
          onChange={({ target }) => setZoom(target.valueAsNumber)}
        />
        <ZoomIn size={18} aria-hidden />
      </div>
    </>
  );
}

/** The picture in a file, upright as its camera noted it; nothing until that is known. */
function useOpened(file: Blob): Opened | "unreadable" | undefined {
  const [opened, setOpened] = useState<Opened | "unreadable">();
  useEffect(() => {
    const url = URL.createObjectURL(file);
    let isOver = false;
    let bitmap: ImageBitmap | undefined;
    setOpened(undefined);
    createImageBitmap(file).then(
      (decoded) => {
        bitmap = decoded;
        if (isOver) decoded.close();
        else setOpened({ bitmap: decoded, url });
      },
      () => isOver || setOpened("unreadable"),
    );
    return () => {
      isOver = true;
      bitmap?.close();
      URL.revokeObjectURL(url);
    };
  }, [file]);
  return opened;
}
