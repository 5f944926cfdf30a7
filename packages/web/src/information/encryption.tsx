import { LockKeyhole, LockKeyholeOpen } from "lucide-react";
import type { ChatFacts } from "../chats/facts.ts";
import { useTexts } from "../language/language.tsx";
import styles from "./encryption.module.css";
import { Section } from "./section.tsx";

/** Who can read what is written in a chat, in words. */
export function Encryption({ facts }: { readonly facts: ChatFacts }) {
  const { information } = useTexts();
  const { kind, encrypted, title } = facts;
  const isPlain = kind !== "private" && !encrypted;
  const Icon = isPlain ? LockKeyholeOpen : LockKeyhole;
  const sentence = isPlain
    ? information.plain
    : kind !== "private"
      ? information.encryptedGroup(kind)
      : encrypted
        ? information.encryptedPrivate(title)
        : information.encryptedOld(title);
  return (
    <Section title={information.encryption}>
      <p className={styles.state} data-plain={isPlain || undefined}>
        <Icon size={18} aria-hidden />
        {sentence}
      </p>
    </Section>
  );
}
