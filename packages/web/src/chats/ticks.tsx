import type { MessageState } from "@tacit/client";
import { Check, CheckCheck, CircleAlert, CirclePause, Clock } from "lucide-react";
import { Spoken } from "../design/spoken.tsx";
import { useTexts } from "../language/language.tsx";
import styles from "./ticks.module.css";

/** Where a message of mine stands: a small mark, and the words for it. */
export function Ticks({ state, size = 16 }: { readonly state: MessageState; readonly size?: number }) {
  const { chats } = useTexts();
  if (state === "received") return null;
  const Icon = ICONS[state];
  return (
    <span className={styles.ticks} data-state={state} title={chats.states[state]}>
      <Icon size={size} strokeWidth={2.2} aria-hidden />
      <Spoken>{chats.states[state]}</Spoken>
    </span>
  );
}

const ICONS = {
  queued: Clock,
  sending: Clock,
  held: CirclePause,
  failed: CircleAlert,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
} as const satisfies Record<Exclude<MessageState, "received">, unknown>;
