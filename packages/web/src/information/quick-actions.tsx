import { TacitError } from "@tacit/client";
import { Archive, ArchiveRestore, Bell, BellOff, Search, Star } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import type { ChatFacts } from "../chats/facts.ts";
import { FavoritesFullDialog } from "../chats/favorites-full-dialog.tsx";
import { MuteDialog } from "../chats/mute-dialog.tsx";
import { useChatRow } from "../chats/use-chat-rows.ts";
import { fullDateText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { routes } from "../routes.ts";
import { useAct } from "./act.ts";
import styles from "./quick-actions.module.css";

/** Who mutes until then has meant for ever. */
const EVER = new Date("9999-01-01T00:00:00Z");

/** What is done with a chat most often: search it, mute it, make it a favourite, put it away. */
export function QuickActions({ facts }: { readonly facts: ChatFacts }) {
  const { information } = useTexts();
  const [, navigate] = useLocation();
  const act = useAct();
  const { chat, isArchived } = facts;
  const ArchiveIcon = isArchived ? ArchiveRestore : Archive;
  return (
    <>
      <div className={styles.tiles}>
        <Tile icon={<Search size={20} aria-hidden />} onClick={() => navigate(routes.search(facts.id))}>
          {information.search}
        </Tile>
        <Mute facts={facts} />
        <Favorite facts={facts} />
        <Tile
          icon={<ArchiveIcon size={20} aria-hidden />}
          onClick={() => void act(() => chat.setArchived(!isArchived))}
        >
          {isArchived ? information.unarchive : information.archive}
        </Tile>
      </div>
      <MutedUntil until={facts.mutedUntil} />
    </>
  );
}

function Mute({ facts }: { readonly facts: ChatFacts }) {
  const { information } = useTexts();
  const act = useAct();
  const row = useChatRow(facts.id);
  const [isAsking, setAsking] = useState(false);
  const { chat, mutedUntil } = facts;
  const Icon = mutedUntil ? Bell : BellOff;
  return (
    <>
      <Tile
        icon={<Icon size={20} aria-hidden />}
        onClick={() => (mutedUntil ? void act(() => chat.mute(null)) : setAsking(true))}
      >
        {mutedUntil ? information.unmute : information.mute}
      </Tile>
      {row && isAsking ? <MuteDialog row={row} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function Favorite({ facts }: { readonly facts: ChatFacts }) {
  const { information } = useTexts();
  const act = useAct();
  const row = useChatRow(facts.id);
  const [isFull, setFull] = useState(false);
  const { chat, isFavorite } = facts;
  const change = async () => {
    try {
      await chat.setFavorite(!isFavorite);
    } catch (error) {
      if (!(error instanceof TacitError && error.code === "too_many_favorites")) throw error;
      setFull(true);
    }
  };
  return (
    <>
      <Tile
        icon={<Star size={20} aria-hidden fill={isFavorite ? "currentColor" : "none"} />}
        aria-pressed={isFavorite}
        onClick={() => void act(change)}
      >
        {information.favorite}
      </Tile>
      {row && isFull ? <FavoritesFullDialog row={row} onClose={() => setFull(false)} /> : null}
    </>
  );
}

function MutedUntil({ until }: { readonly until: Date | undefined }) {
  const { texts, locale } = useLanguage();
  const { information } = texts;
  const isForEver = until !== undefined && until.getTime() >= EVER.getTime();
  return (
    <p className={styles.muted} role="status">
      {until === undefined
        ? undefined
        : isForEver
          ? information.mutedForEver
          : information.mutedUntil(fullDateText(until, locale))}
    </p>
  );
}

function Tile({
  icon,
  children,
  ...rest
}: { readonly icon: ReactNode; readonly children: ReactNode } & ComponentProps<"button">) {
  return (
    <button type="button" {...rest} className={styles.tile}>
      {icon}
      <span>{children}</span>
    </button>
  );
}
