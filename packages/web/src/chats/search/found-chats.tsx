import { Archive } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { Avatar } from "../../design/avatar.tsx";
import { Button } from "../../design/button.tsx";
import { Spoken } from "../../design/spoken.tsx";
import { useLanguage } from "../../language/language.tsx";
import { routes } from "../../routes.ts";
import type { ChatRow } from "../chat-rows.ts";
import { handleOf } from "../people/person-words.tsx";
import { titleOf } from "../titles.ts";
import { FoundSection } from "./found-section.tsx";
import styles from "./search-results.module.css";

/** Chats shown before somebody asks for more. */
const FEW = 6;

/** Chats that are called so. */
export function FoundChats({
  rows,
  onDone,
}: {
  readonly rows: readonly ChatRow[];
  readonly onDone: () => void;
}) {
  const { texts } = useLanguage();
  const [all, setAll] = useState(false);
  if (rows.length === 0) return null;
  return (
    <>
      <FoundSection title={texts.chats.foundChats}>
        {rows.slice(0, all ? rows.length : FEW).map((row) => {
          const title = titleOf(row, texts);
          const icon = row.isArchived ? (
            <span className={styles.time} title={texts.chats.archived}>
              <Archive size={15} aria-hidden />
              <Spoken>, {texts.chats.archived}</Spoken>
            </span>
          ) : null;
          return (
            <li key={row.id}>
              <Link href={routes.chat(row.id)} className={styles.result} onClick={onDone} data-result>
                <Avatar
                  id={row.peer?.id ?? row.id}
                  name={title}
                  url={row.avatarUrl}
                  size={40}
                  isOnline={row.isOnline}
                />
                <span className={styles.words}>
                  <span className={styles.line}>
                    <span className={styles.name}>{title}</span>
                    {icon}
                  </span>
                  <span className={styles.below}>
                    {row.peer
                      ? handleOf(row.peer)
                      : texts.chats[row.kind === "channel" ? "channel" : "group"]}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
      </FoundSection>
      {!all && rows.length > FEW ? (
        <Button look="plain" isWide onClick={() => setAll(true)}>
          {texts.chats.moreChats}
        </Button>
      ) : null}
    </>
  );
}
