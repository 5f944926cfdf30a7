import { MessageCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { Route, Switch, useLocation } from "wouter";
import { Sidebar } from "./chats/sidebar.tsx";
import { prefetchMenus } from "./design/menu.tsx";
import { Empty } from "./design/pane.tsx";
import { useTexts } from "./language/language.tsx";
import { later, whenIdle } from "./live/later.tsx";
import styles from "./messenger.module.css";
import { NetworkBanner } from "./network/network-banner.tsx";
import { SignedOutNotice } from "./network/signed-out-notice.tsx";
import { Notifications } from "./notifications/notifications.tsx";
import { isList } from "./routes.ts";

// The list of chats waits for none of these.
const Conversation = later(async () => (await import("./conversation/conversation.tsx")).Conversation);
const ChatInformation = later(
  async () => (await import("./information/chat-information.tsx")).ChatInformation,
);
const NowPlaying = later(async () => (await import("./recordings/now-playing.tsx")).NowPlaying, {
  isQuiet: true,
});
const Settings = later(async () => (await import("./settings/settings.tsx")).Settings);
const Administration = later(
  async () => (await import("./administration/administration.tsx")).Administration,
);

// Who comes with the address of a chat wants it now.
if (location.hash.startsWith("#/chat/")) Conversation.prefetch();

/** The messenger of somebody who is signed in: the list of chats, and beside it (on a phone: over it) what is open. */
export function Messenger() {
  const [location] = useLocation();
  const [isSettled, setSettled] = useState(false);
  // A click on a chat is to wait for nothing.
  useEffect(
    () =>
      whenIdle(() => {
        Conversation.prefetch();
        ChatInformation.prefetch();
        prefetchMenus();
        setSettled(true);
      }),
    [],
  );
  return (
    <div className={styles.messenger} data-open={isList(location) ? undefined : true}>
      <Notifications />
      <NetworkBanner />
      <div className={styles.above}>{isSettled ? <NowPlaying /> : null}</div>
      <div className={styles.sidebar}>
        <SignedOutNotice />
        <Sidebar />
      </div>
      <main className={styles.pane} tabIndex={-1}>
        <Switch>
          {/* One route for all of a chat, so that the conversation stays as it is when something beside it opens. */}
          <Route path="/chat/:id/*?">
            {({ id, "*": rest = "" }) => <ChatPane key={id} chatId={Number(id)} rest={rest} />}
          </Route>
          <Route path="/settings/:section?">{({ section }) => <Settings section={section} />}</Route>
          <Route path="/administration/:section?">
            {({ section }) => <Administration section={section} />}
          </Route>
          <Route>
            <NothingOpen />
          </Route>
        </Switch>
      </main>
    </div>
  );
}

/** One for all routes of a chat, so that the conversation stays as it is when something beside it opens. */
function ChatPane({ chatId, rest }: { readonly chatId: number; readonly rest: string }) {
  const [part, messageId] = rest.split("/");
  const isInformation = part === "info";
  return (
    <div className={styles.chat} data-information={isInformation || undefined}>
      <div className={styles.conversation}>
        <Conversation
          chatId={chatId}
          isSearching={part === "search"}
          {...(part === "message" && { messageId: Number(messageId) })}
        />
      </div>
      {isInformation ? <ChatInformation chatId={chatId} /> : null}
    </div>
  );
}

function NothingOpen() {
  const { common } = useTexts();
  return (
    <Empty icon={<MessageCircle size={40} strokeWidth={1.5} aria-hidden />} title={common.chooseConversation}>
      <p>{common.chooseConversationHint}</p>
    </Empty>
  );
}
