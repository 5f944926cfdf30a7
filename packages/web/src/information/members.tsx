import { UserPlus } from "lucide-react";
import { type RefObject, useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { TextField } from "../design/field.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useVersion } from "../live/account.tsx";
import { AddMembers } from "./add-members.tsx";
import { MemberList } from "./member-list.tsx";
import styles from "./members.module.css";
import { managesMembers, nameable } from "./people.ts";
import { LineButton, Section } from "./section.tsx";

/** As many can be looked through without a search. */
const FEW = 8;

/** Who is in a group or channel: to be searched, and to be added to by whoever may. */
export function Members({
  facts,
  scroller,
}: {
  readonly facts: ChatFacts;
  readonly scroller: RefObject<HTMLElement | null>;
}) {
  const { information, common } = useTexts();
  const texts = information.members;
  const version = useVersion(`members:${facts.id}`, "profiles");
  const { value: all } = useAnswer(() => facts.chat.members(), [facts.chat, version]);
  const [query, setQuery] = useState("");
  const [isAdding, setAdding] = useState(false);
  const members = (all ?? []).map((member) => ({
    ...member,
    person: nameable(member.person, common.deletedAccount),
  }));
  const found = members.filter(({ person }) => isCalled(person, query));
  return (
    <Section title={texts.title(facts.memberCount)}>
      {managesMembers(facts) ? (
        <LineButton icon={<UserPlus size={20} aria-hidden />} onClick={() => setAdding(true)}>
          {texts.add}
        </LineButton>
      ) : null}
      {members.length > FEW ? (
        <TextField
          type="search"
          label={texts.search}
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
      ) : null}
      <MemberList facts={facts} members={found} scroller={scroller} />
      <p role="status" className={styles.none}>
        {all && found.length === 0 ? texts.none : undefined}
      </p>
      {isAdding ? (
        <AddMembers
          facts={facts}
          present={new Set(members.map(({ person }) => person.id))}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </Section>
  );
}

function isCalled({ nickname, username }: { nickname: string; username: string }, query: string): boolean {
  const wanted = query.trim().toLocaleLowerCase().replace(/^@/, "");
  return [nickname, username].some((name) => name.toLocaleLowerCase().includes(wanted));
}
