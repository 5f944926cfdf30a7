import { CircleHelp, File, Image, Mic, Video } from "lucide-react";
import { useLanguage } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import type { ChatRow } from "./chat-rows.ts";
import styles from "./last-line.module.css";
import { type Preview, previewOf } from "./preview.ts";
import { nameOf, namesOf } from "./system-text.ts";
import { Ticks } from "./ticks.tsx";

/** Characters of a draft: enough for any line. */
const LONGEST = 200;

/** The second line of a row: who types, what I have begun to write, or what was said last. */
export function LastLine({ row }: { readonly row: ChatRow }) {
  const { texts } = useLanguage();
  const { chats } = texts;
  const tacit = useTacit();
  useVersion(`drafts:${row.id}`);
  const draft = tacit.chats.get(row.id)?.draft?.text.slice(0, LONGEST).trim();
  const [typist] = row.typing;
  if (typist) return <span className={styles.typing}>{typingText(row, texts)}</span>;
  if (draft)
    return (
      <span className={styles.text}>
        <span className={styles.draft}>{chats.draft}</span> <span className={styles.said}>{draft}</span>
      </span>
    );
  if (!row.last) return <span className={styles.text}>{chats.empty}</span>;
  const names = namesOf(tacit, texts);
  const preview = previewOf(row.last, { names, texts, isMany: row.kind !== "private" });
  return (
    <span className={styles.text}>
      {row.last.isMine && !row.last.system ? <Ticks state={row.last.state} /> : null}
      <span className={styles.said} data-kind={preview.kind}>
        {preview.sender === undefined ? null : <span className={styles.sender}>{preview.sender}: </span>}
        <KindIcon kind={preview.kind} />
        {preview.text}
      </span>
    </span>
  );
}

function typingText({ kind, typing }: ChatRow, texts: ReturnType<typeof useLanguage>["texts"]): string {
  const [typist] = typing;
  if (kind === "private" || !typist) return texts.chats.typing;
  return typing.length === 1
    ? texts.chats.typingOne(nameOf(typist, texts))
    : texts.chats.typingMany(typing.length);
}

const ICONS = {
  photo: Image,
  video: Video,
  file: File,
  voice: Mic,
  round: Video,
  unreadable: CircleHelp,
} as const;

function KindIcon({ kind }: { readonly kind: Preview["kind"] }) {
  if (kind === "text" || kind === "system") return null;
  const Icon = ICONS[kind];
  return <Icon className={styles.icon} size={15} aria-hidden />;
}
