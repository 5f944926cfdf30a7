import { Bell, BellOff, EllipsisVertical, Info, LogOut, Search } from "lucide-react";
import { useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { LeaveDialog } from "../chats/leave-dialog.tsx";
import { MuteDialog } from "../chats/mute-dialog.tsx";
import { IconButton } from "../design/button.tsx";
import { Menu } from "../design/menu.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useSetting } from "./deeds.tsx";

/** What can be done with the chat: searching in it, and a menu of the rest. */
export function HeaderMenu({
  facts,
  onSearch,
}: {
  readonly facts: ChatFacts;
  readonly onSearch: () => void;
}) {
  const language = useLanguage();
  const { chats, conversation } = language.texts;
  const { deeds } = useSetting();
  const toast = useToast();
  const [question, ask] = useState<"mute" | "leave">();
  const { chat, kind, mutedUntil } = facts;
  const unmute = () =>
    chat.mute(null).catch((error: unknown) => toast({ text: errorText(error, language), isAlert: true }));
  const leave =
    kind === "private" ? chats.deleteChat : kind === "group" ? chats.leaveGroup : chats.leaveChannel;
  return (
    <>
      <IconButton label={conversation.searchInChat} onClick={onSearch}>
        <Search size={20} aria-hidden />
      </IconButton>
      <Menu
        entries={[
          { label: conversation.information, icon: <Info />, onSelect: deeds.openInformation },
          mutedUntil
            ? { label: chats.unmute, icon: <Bell />, onSelect: () => void unmute() }
            : { label: chats.mute, icon: <BellOff />, onSelect: () => ask("mute") },
          "separator",
          { label: leave, icon: <LogOut />, isDangerous: true, onSelect: () => ask("leave") },
        ]}
      >
        <IconButton label={conversation.menu}>
          <EllipsisVertical size={20} aria-hidden />
        </IconButton>
      </Menu>
      {question === "mute" ? <MuteDialog row={facts} onClose={() => ask(undefined)} /> : null}
      {question === "leave" ? (
        <LeaveDialog row={facts} isForAll={false} onClose={() => ask(undefined)} />
      ) : null}
    </>
  );
}
