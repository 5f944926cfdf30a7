import type { Person } from "@tacit/client";
import { Ban, UserCheck } from "lucide-react";
import { useState } from "react";
import { Question } from "../design/question.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { useAct } from "./act.ts";
import { LineButton } from "./section.tsx";

/** Blocks somebody, or takes that back; nothing until the server has said which it is. */
export function Blocking({ person }: { readonly person: Person }) {
  const { block } = useTexts().information;
  const tacit = useTacit();
  const act = useAct();
  const [isAsking, setAsking] = useState(false);
  const { value: blocked, retry } = useAnswer(() => tacit.people.blocked(), [tacit, person.id]);
  const name = person.nickname;
  const change = async (work: () => Promise<void>) => {
    await work();
    retry();
  };
  if (!blocked) return null;
  if (blocked.some(({ id }) => id === person.id))
    return (
      <LineButton
        icon={<UserCheck size={20} aria-hidden />}
        onClick={() => void act(() => change(() => tacit.people.unblock(person)))}
      >
        {block.unblock(name)}
      </LineButton>
    );
  return (
    <>
      <LineButton icon={<Ban size={20} aria-hidden />} isDangerous onClick={() => setAsking(true)}>
        {block.block(name)}
      </LineButton>
      {isAsking ? (
        <Question
          title={block.title(name)}
          description={block.description(name)}
          action={block.action}
          work={() => change(() => tacit.people.block(person))}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
