import { useState } from "react";
import { useLocation } from "wouter";
import { Question } from "../design/question.tsx";
import { Switch } from "../design/switch.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import type { ChatRow } from "./chat-rows.ts";
import { titleOf } from "./titles.ts";

/** Asks before a chat is left or deleted. */
export function LeaveDialog({
  row,
  isForAll,
  onClose,
}: {
  readonly row: Pick<ChatRow, "id" | "kind" | "title" | "peer" | "myRole">;
  /** A group or channel is to be deleted for everybody in it. */
  readonly isForAll: boolean;
  readonly onClose: () => void;
}) {
  const tacit = useTacit();
  const texts = useTexts();
  const { chats, common } = texts;
  const [location, navigate] = useLocation();
  const [forOther, setForOther] = useState(false);
  const title = titleOf(row, texts);
  const leave = async () => {
    const chat = tacit.chats.get(row.id);
    await (isForAll || forOther ? chat?.deleteForAll() : chat?.leave());
    if (`${location}/`.startsWith(`${routes.chat(row.id)}/`)) navigate(routes.home, { replace: true });
  };
  const words = wordsOf();
  return (
    <Question {...words} work={leave} onClose={onClose}>
      {row.kind === "private" ? (
        <Switch label={chats.alsoForOther(title)} isOn={forOther} onChange={setForOther} />
      ) : null}
    </Question>
  );

  function wordsOf() {
    if (isForAll)
      return {
        title: chats.deleteAllTitle(title),
        description: chats.deleteAllHint,
        action: chats.deleteForAll,
      };
    if (row.kind === "private")
      return { title: chats.deleteTitle(title), description: chats.deleteHint, action: common.delete };
    const description = row.myRole === "owner" ? chats.leaveOwnerHint : chats.leaveHint;
    return { title: chats.leaveTitle(title), description, action: chats.leave };
  }
}
