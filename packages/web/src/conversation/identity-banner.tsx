import type { Person } from "@tacit/client";
import { useState } from "react";
import { nameOf } from "../chats/system-text.ts";
import { Button } from "../design/button.tsx";
import { ConfirmDialog } from "../design/dialog.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import styles from "./bars.module.css";
import { useSetting } from "./deeds.tsx";

/** Says that the server presents another identity of the other side, and what to do about it. */
export function IdentityBanner({ peer }: { readonly peer: Person }) {
  const language = useLanguage();
  const { conversation } = language.texts;
  const { deeds } = useSetting();
  const tacit = useTacit();
  const [isAsking, setAsking] = useState(false);
  const acceptance = useTask(async () => {
    await tacit.people.acceptIdentity(peer);
    setAsking(false);
  });
  const name = nameOf(peer, language.texts);
  return (
    <div className={styles.banner} role="alert">
      <p>{conversation.identityChanged(name)}</p>
      <div className={styles.buttons}>
        <Button onClick={deeds.openInformation}>{conversation.compare}</Button>
        <Button onClick={() => setAsking(true)}>{conversation.accept}</Button>
      </div>
      <ConfirmDialog
        title={conversation.acceptTitle(name)}
        description={conversation.acceptDescription(name)}
        action={conversation.accept}
        isOpen={isAsking}
        isBusy={acceptance.isRunning}
        error={acceptance.error ? errorText(acceptance.error, language) : undefined}
        onConfirm={() => void acceptance.run()}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
