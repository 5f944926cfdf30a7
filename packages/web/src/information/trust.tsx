import type { Person } from "@tacit/client";
import { Button } from "../design/button.tsx";
import { Note } from "../design/note.tsx";
import { Spinner } from "../design/spinner.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit, useVersion } from "../live/account.tsx";
import { ChangedIdentity } from "./changed-identity.tsx";
import { SafetyNumber } from "./safety-number.tsx";
import { Section } from "./section.tsx";

/** Whether it is really them: the safety number, whether it was compared, and what became of their identity. */
export function Trust({ person }: { readonly person: Person }) {
  const language = useLanguage();
  const { information, common } = useTexts();
  const tacit = useTacit();
  // What the server presents by now is known once this device is up to date.
  const version = useVersion("trust", "profiles", "sync");
  const { value, error, retry } = useAnswer(async () => {
    const identity = await tacit.people.identity(person);
    if (identity.signedBy === "server") return { identity };
    const [number, code] = await Promise.all([
      tacit.people.safetyNumber(person),
      tacit.people.safetyQr(person),
    ]);
    return { identity, number, code };
  }, [tacit, person.id, version]);
  const name = person.nickname;
  if (!value)
    return (
      <Section title={information.safety.title}>
        {error === undefined ? (
          <Spinner label={common.loading} />
        ) : (
          <>
            <Note look="warn">{errorText(error, language)}</Note>
            <Button onClick={retry}>{common.retry}</Button>
          </>
        )}
      </Section>
    );
  const { identity, number, code } = value;
  if (identity.changed) return <ChangedIdentity person={person} number={number} />;
  if (number === undefined)
    return (
      <Section title={information.safety.title}>
        <Note look="warn">{information.safety.oldClient(name)}</Note>
      </Section>
    );
  return <SafetyNumber person={person} number={number} code={code} verifiedAt={identity.verifiedAt} />;
}
