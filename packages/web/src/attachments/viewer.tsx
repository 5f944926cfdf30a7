import type { Message } from "@tacit/client";
import { ChevronLeft, ChevronRight, Download, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useOpener } from "../design/opener.ts";
import { Spoken } from "../design/spoken.tsx";
import { fullDateText } from "../language/dates.ts";
import { useLanguage } from "../language/language.tsx";
import { honestName } from "./file-name.ts";
import { FileRow } from "./file-row.tsx";
import { Coming } from "./picture.tsx";
import { type PictureOf, usePicturesAround } from "./pictures-around.ts";
import { useFile } from "./use-file.ts";
import { useSaving } from "./use-saving.ts";
import { useZoom } from "./use-zoom.ts";
import styles from "./viewer.module.css";

/** Shows pictures of a conversation over the whole screen, one after the other. */
export function Viewer({
  message,
  at,
  onClose,
}: {
  readonly message: Message;
  /** Place of the first picture in the message. */
  readonly at: number;
  readonly onClose: () => void;
}) {
  const { attachments } = useLanguage().texts;
  const pictures = usePicturesAround(message);
  const [shown, setShown] = useState({ key: message.key, at });
  const giveBack = useOpener(true);
  const place = pictures.findIndex((one) => one.message.key === shown.key && one.at === shown.at);
  const picture = pictures[place];
  const go = (by: number) => {
    const next = pictures[place + by];
    if (next) setShown({ key: next.message.key, at: next.at });
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          className={styles.viewer}
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
          onKeyDown={(event) => {
            if (event.key === "ArrowLeft") go(-1);
            else if (event.key === "ArrowRight") go(1);
          }}
        >
          <Dialog.Title asChild>
            <Spoken as="h2">{attachments.viewer}</Spoken>
          </Dialog.Title>
          {picture ? (
            <Shown key={`${picture.message.key}/${picture.at}`} picture={picture} onGo={go} onClose={onClose}>
              {pictures.length > 1 ? (
                <span className={styles.place}>{attachments.place(place + 1, pictures.length)}</span>
              ) : null}
            </Shown>
          ) : null}
          <Step label={attachments.previous} side="left" isThere={place > 0} onGo={() => go(-1)}>
            <ChevronLeft size={28} aria-hidden />
          </Step>
          <Step
            label={attachments.next}
            side="right"
            isThere={place < pictures.length - 1}
            onGo={() => go(1)}
          >
            <ChevronRight size={28} aria-hidden />
          </Step>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Shown({
  picture: { message, attachment, at },
  onGo,
  onClose,
  children,
}: {
  readonly picture: PictureOf;
  readonly onGo: (by: number) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { texts, locale } = useLanguage();
  const { attachments, common } = texts;
  const file = useFile(message, attachment, at);
  const saving = useSaving(file);
  const stage = useRef<HTMLDivElement>(null);
  const [isBroken, setBroken] = useState(false);
  const zoom = useZoom(stage, (swipe) => {
    if (swipe === "down" || swipe === "away") onClose();
    else onGo(swipe === "left" ? 1 : -1);
  });
  const { load } = file;
  useEffect(() => void load(), [load]);
  useKeys({ "+": zoom.enlarge, "=": zoom.enlarge, "-": zoom.reduce, "0": zoom.fit });
  const name = honestName(attachment.name);
  const { scale, x, y } = zoom.view;
  const { state } = file;
  return (
    <>
      <header className={styles.header}>
        <div className={styles.about}>
          <bdi className={styles.sender}>
            {message.isMine ? common.you : message.sender.nickname || common.deletedAccount}
          </bdi>
          <span className={styles.when}>
            {fullDateText(message.sentAt, locale)} {children}
          </span>
        </div>
        <button
          type="button"
          className={styles.button}
          aria-label={attachments.download(name)}
          title={attachments.download(name)}
          onClick={saving.save}
        >
          <Download size={22} aria-hidden />
        </button>
        <Dialog.Close className={styles.button} aria-label={common.close} title={common.close}>
          <X size={24} aria-hidden />
        </Dialog.Close>
      </header>
      <div ref={stage} className={styles.stage} data-zoomed={scale > 1 || undefined} {...zoom.handlers}>
        {isBroken ? (
          <div className={styles.broken}>
            <FileRow file={file} note={attachments.broken} />
          </div>
        ) : state.name === "loaded" ? (
          <img
            className={styles.picture}
            src={state.url}
            alt={name}
            draggable={false}
            style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
            onError={() => setBroken(true)}
          />
        ) : (
          <div className={styles.coming}>
            <Coming file={file} name={name} />
          </div>
        )}
      </div>
      {message.text ? (
        <p className={styles.caption} dir="auto">
          {message.text}
        </p>
      ) : null}
    </>
  );
}

function Step({
  label,
  side,
  isThere,
  onGo,
  children,
}: {
  readonly label: string;
  readonly side: "left" | "right";
  readonly isThere: boolean;
  readonly onGo: () => void;
  readonly children: ReactNode;
}) {
  if (!isThere) return null;
  return (
    <button
      type="button"
      className={styles.step}
      data-side={side}
      aria-label={label}
      title={label}
      onClick={onGo}
    >
      {children}
    </button>
  );
}

/** Keys of the whole viewer, wherever the focus is in it. */
function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) latest.current[event.key]?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
