import type { ContactIdentity } from "@tacit/client";
import { Lock, LockOpen, ShieldAlert, ShieldCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import type { ChatFacts } from "../chats/facts.ts";
import { nameOf } from "../chats/system-text.ts";
import { Avatar } from "../design/avatar.tsx";
import { PaneHeader } from "../design/pane.tsx";
import type { Texts } from "../language/en/index.ts";
import { useTexts } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { routes } from "../routes.ts";
import styles from "./header.module.css";
import { useTyping } from "./use-typing.ts";

type LockState = keyof Texts["conversation"]["lock"];

const ICONS = {
  encrypted: Lock,
  unverified: Lock,
  verified: ShieldCheck,
  server: Lock,
  changed: ShieldAlert,
  plain: LockOpen,
} as const satisfies Record<LockState, typeof Lock>;

/** What the chat is, who is there, and how well it is protected. */
export function Header({
  facts,
  identity,
  children,
}: {
  readonly facts: ChatFacts;
  readonly identity: ContactIdentity | undefined;
  readonly children?: ReactNode;
}) {
  const texts = useTexts();
  const { conversation } = texts;
  const [, navigate] = useLocation();
  const tacit = useTacit();
  useVersion("presence");
  const typing = useTyping(facts.id);
  const state = lockOf(facts, identity);
  const Icon = ICONS[state];
  const { kind, peer, memberCount, title } = facts;
  const isOnline = peer !== undefined && tacit.isOnline(peer);
  const status =
    typing.length > 0
      ? kind === "private"
        ? conversation.typing
        : conversation.typingIn(typing.map((id) => nameOf(tacit.people.get(id), texts)))
      : kind === "private"
        ? isOnline
          ? conversation.online
          : conversation.offline
        : kind === "channel"
          ? conversation.subscribers(memberCount)
          : conversation.members(memberCount);
  const open = () => navigate(routes.information(facts.id));
  return (
    <PaneHeader
      onBack={() => navigate(routes.home)}
      title={
        <div className={styles.room}>
          <div className={styles.about}>
            <button type="button" className={styles.who} onClick={open} title={conversation.details}>
              <Avatar
                id={peer?.id ?? facts.id}
                name={title}
                url={facts.avatarUrl}
                size={40}
                isOnline={isOnline}
              />
              <span className={styles.lines}>
                <h1 className={styles.title} dir="auto">
                  {title}
                </h1>
                <span
                  className={styles.status}
                  data-typing={typing.length > 0 || undefined}
                  aria-live="polite"
                >
                  {status}
                </span>
              </span>
            </button>
            <button
              type="button"
              className={styles.lock}
              data-state={state}
              onClick={open}
              aria-label={conversation.lockHint(conversation.lock[state])}
              title={conversation.lockHint(conversation.lock[state])}
            >
              <Icon size={15} aria-hidden />
              <span>{conversation.lock[state]}</span>
            </button>
          </div>
        </div>
      }
    >
      {children}
    </PaneHeader>
  );
}

function lockOf({ encrypted, kind }: ChatFacts, identity: ContactIdentity | undefined): LockState {
  if (kind !== "private") return encrypted ? "encrypted" : "plain";
  // Until it is known, nothing is claimed.
  if (!identity) return "unverified";
  if (identity.changed) return "changed";
  if (identity.signedBy === "server") return "server";
  return identity.verifiedAt === undefined ? "unverified" : "verified";
}
