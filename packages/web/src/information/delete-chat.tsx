import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { LeaveDialog } from "../chats/leave-dialog.tsx";
import { useChatRow } from "../chats/use-chat-rows.ts";
import { useTexts } from "../language/language.tsx";
import { LineButton } from "./section.tsx";

/** Deletes a private chat, for me or for both sides; a group or channel of mine for all. */
export function DeleteChat({ facts }: { readonly facts: ChatFacts }) {
  const { ending } = useTexts().information;
  const row = useChatRow(facts.id);
  const [isAsking, setAsking] = useState(false);
  const isForAll = facts.kind !== "private";
  return (
    <>
      <LineButton icon={<Trash2 size={20} aria-hidden />} isDangerous onClick={() => setAsking(true)}>
        {isForAll ? ending.deleteForAll : ending.deleteChat}
      </LineButton>
      {row && isAsking ? (
        <LeaveDialog row={row} isForAll={isForAll} onClose={() => setAsking(false)} />
      ) : null}
    </>
  );
}
