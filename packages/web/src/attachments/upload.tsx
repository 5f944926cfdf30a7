import type { Message } from "@tacit/client";
import { useEffect, useState } from "react";
import { sizeText } from "../language/dates.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import styles from "./attachments.module.css";
import { Progress } from "./progress.tsx";

/** How far a message's files are on their way to the server, and what takes the message back. */
export function Upload({ message }: { readonly message: Message }) {
  const { texts, locale } = useLanguage();
  const { attachments } = texts;
  const tacit = useTacit();
  useVersion("connection");
  const transfer = useTransfer(message.key);
  const discard = useTask(async () => await message.discard());
  const total = transfer?.total ?? message.attachments.reduce((sum, { size }) => sum + size, 0);
  const done = transfer?.done ?? 0;
  const isOnline = tacit.connection.status === "online";
  return (
    <div className={styles.upload}>
      <Progress
        done={done}
        total={total}
        label={attachments.uploading}
        cancelLabel={attachments.cancelUpload}
        onCancel={() => void discard.run()}
      />
      <span className={styles.soft}>
        {isOnline
          ? attachments.uploaded(sizeText(done, locale), sizeText(total, locale))
          : attachments.waitingForNetwork}
      </span>
    </div>
  );
}

function useTransfer(outboxId: string) {
  const tacit = useTacit();
  const [transfer, setTransfer] = useState<{ readonly done: number; readonly total: number }>();
  useEffect(
    () =>
      tacit.on("transfer", (change) => {
        if (change.outboxId === outboxId) setTransfer(change);
      }),
    [tacit, outboxId],
  );
  return transfer;
}
