import type { Message } from "@tacit/client";
import { Forward, LockOpen, ShieldAlert, ShieldQuestion, TriangleAlert } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Attachments } from "../attachments/attachments.tsx";
import { nameOf } from "../chats/system-text.ts";
import { Ticks } from "../chats/ticks.tsx";
import { Spoken } from "../design/spoken.tsx";
import { fullDateText, timeText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { Recording } from "../recordings/recording.tsx";
import styles from "./bubble.module.css";
import { useSetting } from "./deeds.tsx";
import { Outcome } from "./outcome.tsx";
import { Quote } from "./quote.tsx";
import { isEmojiAlone } from "./rich-text.ts";
import { Text } from "./text.tsx";

/**
 * A message as a slip of paper. The ids name its parts for a screen reader. It is drawn anew only when it changes: not when
 * its place in the list does.
 */
export const Bubble = memo(function Bubble({
  message,
  isFirst,
  isLast,
  id,
}: {
  readonly message: Message;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly id: string;
}) {
  const texts = useTexts();
  const { kind } = useSetting();
  const isBig =
    message.attachments.length === 0 && message.replyToId === undefined && isEmojiAlone(message.text);
  const isPlain = !isBig && isPlainText(message);
  const showsName = !message.isMine && kind !== "private";
  const from = message.isMine ? texts.common.you : nameOf(message.sender, texts);
  return (
    <div
      className={styles.bubble}
      data-mine={message.isMine || undefined}
      data-last={isLast || undefined}
      data-big={isBig || undefined}
      data-plain={isPlain || undefined}
    >
      {showsName && isFirst ? (
        <span id={`${id}-from`} dir="auto" className={styles.name} data-tint={message.sender.id % 8}>
          {from}
        </span>
      ) : (
        <Spoken id={`${id}-from`} dir="auto">
          {from}
        </Spoken>
      )}
      {message.forwardedFrom ? (
        <span className={styles.forwarded}>
          <Forward size={14} aria-hidden />
          {texts.conversation.forwardedFrom(nameOf(message.forwardedFrom, texts))}
        </span>
      ) : null}
      {message.replyToId === undefined ? null : <Quote messageId={message.replyToId} />}
      <div id={`${id}-said`} className={styles.said}>
        <Content message={message} />
      </div>
      <Doubt message={message} />
      <Foot message={message} id={id} />
      <Outcome message={message} />
    </div>
  );
});

/** Nothing but text: the time has room in its last line. */
function isPlainText({
  attachments,
  unreadable,
  editRefused,
  text,
  kind,
  trust,
  state,
  isMine,
}: Message): boolean {
  const isSure = isMine || trust === "verified" || trust === "plain";
  const isSettled = state !== "failed" && state !== "held";
  const isText = text !== "" && kind !== "voice_message" && kind !== "video_message";
  return isText && attachments.length === 0 && !unreadable && !editRefused && isSure && isSettled;
}

function Content({ message }: { readonly message: Message }) {
  const { conversation } = useTexts();
  if (message.unreadable)
    return (
      <p className={styles.unreadable}>
        <TriangleAlert size={16} aria-hidden />
        {conversation.unreadable[message.unreadable]}
      </p>
    );
  if (message.kind === "voice_message" || message.kind === "video_message")
    return <Recording message={message} />;
  return (
    <>
      {message.attachments.length > 0 ? <Attachments message={message} /> : null}
      {message.text === "" && message.attachments.length === 0 ? (
        <p className={styles.unreadable}>{conversation.unknownKind}</p>
      ) : message.text === "" ? null : (
        <p className={styles.text} dir="auto">
          <Text text={message.text} />
        </p>
      )}
    </>
  );
}

/** What is not sure about a message, with a sign and words. */
function Doubt({ message }: { readonly message: Message }) {
  const { conversation } = useTexts();
  const { trust } = message;
  const isMarked = trust !== "verified" && trust !== "system" && !message.isMine && !message.unreadable;
  return (
    <>
      {isMarked && trust === "plaintext_in_encrypted_chat" ? (
        <Mark icon={<ShieldAlert size={14} aria-hidden />} isAlert>
          {conversation.trust[trust]}
        </Mark>
      ) : isMarked && trust === "unverified_sender" ? (
        <Mark icon={<ShieldQuestion size={14} aria-hidden />}>{conversation.trust[trust]}</Mark>
      ) : null}
      {message.editRefused ? (
        <Mark icon={<ShieldAlert size={14} aria-hidden />} isAlert>
          {conversation.editRefused}
        </Mark>
      ) : null}
    </>
  );
}

function Mark({
  icon,
  isAlert = false,
  children,
}: {
  readonly icon: ReactNode;
  readonly isAlert?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <span className={styles.mark} data-alert={isAlert || undefined}>
      {icon}
      {children}
    </span>
  );
}

function Foot({ message, id }: { readonly message: Message; readonly id: string }) {
  const { texts, locale } = useLanguage();
  const { encrypted } = useSetting();
  return (
    <span className={styles.foot}>
      {message.trust === "plain" && !encrypted ? (
        <span title={texts.conversation.trust.plain}>
          <LockOpen size={12} aria-hidden />
          <Spoken>{texts.conversation.trust.plain}</Spoken>
        </span>
      ) : null}
      {message.editedAt ? (
        <span title={fullDateText(message.editedAt, locale)}>{texts.conversation.edited}</span>
      ) : null}
      <time
        id={`${id}-at`}
        dateTime={message.sentAt.toISOString()}
        title={fullDateText(message.sentAt, locale)}
      >
        {timeText(message.sentAt, locale)}
      </time>
      {message.isMine ? <Ticks state={message.state} size={15} /> : null}
    </span>
  );
}
