import type { Person } from "@tacit/client";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { Question } from "../design/question.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { Digits } from "./digits.tsx";
import styles from "./safety-number.module.css";
import { Section } from "./section.tsx";

/** The server presents another identity of somebody: what that can mean, how to find out, and how to accept it. */
export function ChangedIdentity({
  person,
  number,
}: {
  readonly person: Person;
  /** The safety number of the identity that is known; an old client had none. */
  readonly number: string | undefined;
}) {
  const { safety } = useTexts().information;
  const tacit = useTacit();
  const [isAsking, setAsking] = useState(false);
  const name = person.nickname;
  return (
    <Section title={safety.title}>
      <Note look="alert">
        <strong>{safety.changed(name)}</strong>
        <p>{safety.changedMeaning(name)}</p>
      </Note>
      {number === undefined ? null : (
        <>
          <p className={styles.explanation}>{safety.changedCompare(name)}</p>
          <h3 className={styles.label}>{safety.numberSoFar}</h3>
          <Digits number={number} />
        </>
      )}
      <Button look="danger" onClick={() => setAsking(true)}>
        {safety.accept}
      </Button>
      {isAsking ? (
        <Question
          title={safety.acceptTitle}
          description={safety.acceptDescription(name)}
          action={safety.accept}
          work={() => tacit.people.acceptIdentity(person)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Section>
  );
}
