import type { ChatMember } from "@tacit/client";
import { LogOut } from "lucide-react";
import { useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { Question } from "../design/question.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useTacit, useVersion } from "../live/account.tsx";
import { DeleteChat } from "./delete-chat.tsx";
import { LineButton, Section } from "./section.tsx";

/** The ways out of a group or channel: leaving it and, for its owner, deleting it for all. */
export function Leaving({ facts }: { readonly facts: ChatFacts }) {
  const { ending } = useTexts().information;
  const [isAsking, setAsking] = useState(false);
  return (
    <Section>
      <LineButton icon={<LogOut size={20} aria-hidden />} isDangerous onClick={() => setAsking(true)}>
        {ending.leave(facts.kind)}
      </LineButton>
      {facts.myRole === "owner" ? <DeleteChat facts={facts} /> : null}
      {isAsking ? <Leave facts={facts} onClose={() => setAsking(false)} /> : null}
    </Section>
  );
}

function Leave({ facts, onClose }: { readonly facts: ChatFacts; readonly onClose: () => void }) {
  const { ending } = useTexts().information;
  const tacit = useTacit();
  const version = useVersion(`members:${facts.id}`, "profiles");
  const { value: members } = useAnswer(() => facts.chat.members(), [facts.chat, version]);
  const successor = members && successorOf(members, tacit.id);
  const whatElse =
    facts.memberCount === 1
      ? ending.leaveLast(facts.kind)
      : facts.myRole === "owner" && successor
        ? ending.leaveSuccessor(successor.person.nickname)
        : undefined;
  return (
    <Question
      title={ending.leaveTitle(facts.title)}
      description={ending.leaveDescription}
      action={ending.leaveAction}
      work={() => facts.chat.leave()}
      onClose={onClose}
    >
      <p>{whatElse}</p>
    </Question>
  );
}

/** Who owns it when I leave, as the server decides it: the longest-standing admin, else member. */
function successorOf(members: readonly ChatMember[], ownId: number): ChatMember | undefined {
  const rank = ({ role, joinedAt }: ChatMember) => [role === "admin" ? 0 : 1, joinedAt.getTime()] as const;
  const [first] = members
    .filter(({ person }) => person.id !== ownId)
    .sort((a, b) => {
      const [one, other] = [rank(a), rank(b)];
      return one[0] - other[0] || one[1] - other[1] || a.person.id - b.person.id;
    });
  return first;
}
