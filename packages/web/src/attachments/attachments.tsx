import type { Attachment, Message } from "@tacit/client";
import { useState } from "react";
import { Album } from "./album.tsx";
import styles from "./attachments.module.css";
import { AudioFile } from "./audio-file.tsx";
import { FileRow } from "./file-row.tsx";
import { isPicture, type Numbered, numbered } from "./kinds.ts";
import { Upload } from "./upload.tsx";
import { useFile } from "./use-file.ts";
import { VideoFile } from "./video-file.tsx";
import { Viewer } from "./viewer.tsx";

/** The files of a message: pictures beside each other, videos, sound, and everything else to be saved. */
export function Attachments({ message }: { readonly message: Message }) {
  const [viewed, setViewed] = useState<number>();
  const files = numbered(message);
  const pictures = files.filter(({ attachment }) => isPicture(attachment));
  const others = files.filter(({ attachment }) => !isPicture(attachment));
  const isUploading = message.id === undefined && (message.state === "queued" || message.state === "sending");
  return (
    <div className={styles.attachments}>
      {pictures.length > 0 ? <Album message={message} pictures={pictures} onOpen={setViewed} /> : null}
      {others.map(({ attachment, at }) => (
        <Other key={at} message={message} attachment={attachment} at={at} />
      ))}
      {isUploading ? <Upload message={message} /> : null}
      {viewed === undefined ? null : (
        <Viewer message={message} at={viewed} onClose={() => setViewed(undefined)} />
      )}
    </div>
  );
}

function Other({
  message,
  attachment,
  at,
}: { readonly message: Message; readonly attachment: Attachment } & Numbered) {
  const file = useFile(message, attachment, at);
  if (attachment.mimetype.startsWith("video/")) return <VideoFile file={file} />;
  return attachment.mimetype.startsWith("audio/") ? <AudioFile file={file} /> : <FileRow file={file} />;
}
