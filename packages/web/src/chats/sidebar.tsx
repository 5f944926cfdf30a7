import { useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { useTexts } from "../language/language.tsx";
import { isList, routes } from "../routes.ts";
import { Archived } from "./archived.tsx";
import type { ChatRow } from "./chat-rows.ts";
import { ChatsHome } from "./chats-home.tsx";
import { NewChat } from "./new/new-chat.tsx";
import { NewGroup } from "./new/new-group.tsx";
import styles from "./sidebar.module.css";
import { useChatRows } from "./use-chat-rows.ts";

/** The chats: the list with its search, the archive, and the ways to begin a new one. */
export function Sidebar() {
  const { chats } = useTexts();
  const rows = useChatRows();
  return (
    <nav className={styles.sidebar} aria-label={chats.name}>
      <Switch>
        <Route path={routes.newChat}>
          <NewChat />
        </Route>
        <Route path={routes.newGroup}>
          <NewGroup key="group" kind="group" />
        </Route>
        <Route path={routes.newChannel}>
          <NewGroup key="channel" kind="channel" />
        </Route>
        <Route>
          <Lists rows={rows} />
        </Route>
      </Switch>
    </nav>
  );
}

function Lists({ rows }: { readonly rows: readonly ChatRow[] }) {
  const [location, navigate] = useLocation();
  const openId = openChatOf(location);
  const [inArchive, setInArchive] = useState(false);
  // A chat that is opened from the archive leaves the archive beside it.
  const isAsked = isList(location) ? location === routes.archive : inArchive;
  // What had the focus in the archive is gone with it.
  const [isBack, setBack] = useState(false);
  const show = (archive: boolean) => {
    setInArchive(archive);
    setBack(!archive);
  };
  if (isAsked !== inArchive) show(isAsked);
  const onBack = () => {
    show(false);
    if (location === routes.archive) navigate(routes.home, { replace: true });
  };
  return isAsked ? (
    <Archived rows={rows} openId={openId} onBack={onBack} />
  ) : (
    <ChatsHome rows={rows} openId={openId} takesFocus={isBack} onArchive={() => navigate(routes.archive)} />
  );
}

/** Which chat an address opens. */
function openChatOf(location: string): number | undefined {
  const id = /^\/chat\/(\d+)/.exec(location)?.[1];
  return id === undefined ? undefined : Number(id);
}
