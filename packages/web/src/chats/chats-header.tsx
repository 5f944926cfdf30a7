import {
  Archive,
  CheckCheck,
  Megaphone,
  MessageCircle,
  PenLine,
  Settings,
  Shield,
  Users,
} from "lucide-react";
import type { KeyboardEvent } from "react";
import { useLocation } from "wouter";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/button.tsx";
import { Menu, type MenuEntry } from "../design/menu.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit, useVersion } from "../live/account.tsx";
import { routes } from "../routes.ts";
import styles from "./chats-header.module.css";
import { SearchField } from "./search/search-field.tsx";

/** Over the list: my menu, the search, and the way to a new chat. */
export function ChatsHeader({
  query,
  onQuery,
  onKeyDown,
  onArchive,
}: {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** What is pressed in the search field. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onArchive: () => void;
}) {
  return (
    <header className={styles.header}>
      <MyMenu onArchive={onArchive} />
      <SearchField query={query} onQuery={onQuery} onKeyDown={onKeyDown} />
      <NewMenu />
    </header>
  );
}

function MyMenu({ onArchive }: { readonly onArchive: () => void }) {
  const tacit = useTacit();
  const language = useLanguage();
  const { chats } = language.texts;
  const [, navigate] = useLocation();
  const toast = useToast();
  useVersion("profiles");
  const profile = useAnswer(() => tacit.account.profile(), [tacit]);
  const { me } = tacit;
  const markAllRead = () =>
    tacit.chats.markAllRead().then(
      () => toast({ text: chats.allRead }),
      (error: unknown) => toast({ text: errorText(error, language), isAlert: true }),
    );
  const administration: MenuEntry[] = profile.value?.is_admin
    ? [{ label: chats.administration, icon: <Shield />, onSelect: () => navigate(routes.administration()) }]
    : [];
  return (
    <Menu
      align="start"
      entries={[
        { label: chats.settings, icon: <Settings />, onSelect: () => navigate(routes.settings()) },
        ...administration,
        "separator",
        { label: chats.archived, icon: <Archive />, onSelect: onArchive },
        { label: chats.markAllRead, icon: <CheckCheck />, onSelect: () => void markAllRead() },
      ]}
    >
      <button type="button" className={styles.me} aria-label={chats.myMenu(me.nickname)}>
        <Avatar id={me.id} name={me.nickname} url={me.avatarUrl} size={36} />
      </button>
    </Menu>
  );
}

function NewMenu() {
  const { chats } = useTexts();
  const [, navigate] = useLocation();
  return (
    <Menu
      entries={[
        { label: chats.newPrivate, icon: <MessageCircle />, onSelect: () => navigate(routes.newChat) },
        { label: chats.newGroup, icon: <Users />, onSelect: () => navigate(routes.newGroup) },
        { label: chats.newChannel, icon: <Megaphone />, onSelect: () => navigate(routes.newChannel) },
      ]}
    >
      <IconButton label={chats.newChatMenu} className={styles.new}>
        <PenLine size={20} aria-hidden />
      </IconButton>
    </Menu>
  );
}
