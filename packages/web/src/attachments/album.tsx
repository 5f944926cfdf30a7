import type { Message } from "@tacit/client";
import type { CSSProperties } from "react";
import styles from "./attachments.module.css";
import type { Numbered } from "./kinds.ts";
import { Picture } from "./picture.tsx";
import { albumOf, shownSize } from "./sizes.ts";
import { useFile } from "./use-file.ts";

/** The pictures of a message: one in its own shape, several in a grid. */
export function Album({
  message,
  pictures,
  onOpen,
}: {
  readonly message: Message;
  readonly pictures: readonly Numbered[];
  readonly onOpen: (at: number) => void;
}) {
  const [only] = pictures;
  if (only && pictures.length === 1)
    return (
      <Loaded message={message} {...only} style={shownSize(only.attachment)} onOpen={() => onOpen(only.at)} />
    );
  const { columns, firstSpans } = albumOf(pictures.length);
  return (
    <div className={styles.album} style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {pictures.map(({ attachment, at }, place) => (
        <Loaded
          key={at}
          message={message}
          attachment={attachment}
          at={at}
          style={
            place === 0 && firstSpans > 1
              ? { gridColumn: `span ${firstSpans}`, aspectRatio: `${firstSpans} / 1` }
              : { aspectRatio: "1" }
          }
          onOpen={() => onOpen(at)}
        />
      ))}
    </div>
  );
}

function Loaded({
  message,
  attachment,
  at,
  ...rest
}: Numbered & { readonly message: Message; readonly style: CSSProperties; readonly onOpen: () => void }) {
  return <Picture file={useFile(message, attachment, at)} {...rest} />;
}
