import type { Person } from "@tacit/client";
import { useState } from "react";
import { nameOf } from "../chats/system-text.ts";
import { Button } from "../design/button.tsx";
import { Question } from "../design/question.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import styles from "./bars.module.css";
import { useSetting } from "./deeds.tsx";

/** Says that the server presents another identity of the other side, and what to do about it. */
export function IdentityBanner({ peer }: { readonly peer: Person }) {
  const texts = useTexts();
  const { conversation } = texts;
  const { deeds } = useSetting();
  const tacit = useTacit();
  const [isAsking, setAsking] = useState(false);
  const name = nameOf(peer, texts);
  return (
    <div className={styles.banner} role="alert">
      <p>{conversation.identityChanged(name)}</p>
      <div className={styles.buttons}>
        <Button onClick={deeds.openInformation}>{conversation.compare}</Button>
        <Button onClick={() => setAsking(true)}>{conversation.accept}</Button>
      </div>
      {isAsking ? (
        <Question
          title={conversation.acceptTitle(name)}
          description={conversation.acceptDescription(name)}
          action={conversation.accept}
          work={() => tacit.people.acceptIdentity(peer)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}
