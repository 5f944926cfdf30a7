import type { Person } from "@tacit/client";
import type { ChatFacts } from "../chats/facts.ts";
import { Question } from "../design/question.tsx";
import { useToast } from "../design/toasts.tsx";
import { useTexts } from "../language/language.tsx";
import { ReportDialog } from "./report-dialog.tsx";

/** What is asked before it is done to a member. */
export type MemberQuestionName = "handOver" | "remove" | "report";

/** Asks before somebody is removed, reported, or made the owner. */
export function MemberQuestion({
  name,
  facts,
  person,
  onClose,
}: {
  readonly name: MemberQuestionName;
  readonly facts: ChatFacts;
  readonly person: Person;
  readonly onClose: () => void;
}) {
  const { members } = useTexts().information;
  const toast = useToast();
  const { chat, kind } = facts;
  const { nickname } = person;
  if (name === "report") return <ReportDialog person={person} chat={chat} onClose={onClose} />;
  if (name === "handOver")
    return (
      <Question
        title={members.handOverTitle(nickname)}
        description={members.handOverDescription(nickname, kind)}
        action={members.handOver}
        work={() => chat.handOver(person)}
        onClose={onClose}
      />
    );
  return (
    <Question
      title={members.removeTitle(nickname)}
      description={members.removeDescription(nickname, kind)}
      action={members.remove}
      work={async () => {
        await chat.remove(person);
        toast({ text: members.removed(nickname) });
      }}
      onClose={onClose}
    />
  );
}
