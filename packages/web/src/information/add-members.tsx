import type { Person } from "@tacit/client";
import { useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { ChosenPeople, toggled } from "../chats/people/chosen-people.tsx";
import { PeopleFinder } from "../chats/people/people-finder.tsx";
import { Button } from "../design/button.tsx";
import { Dialog, DialogActions } from "../design/dialog.tsx";
import { Note } from "../design/note.tsx";
import { useToast } from "../design/toasts.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useTask } from "../live/task.ts";

/** Adds people to a group or channel. Whoever could not be added stays chosen, with the reason. */
export function AddMembers({
  facts,
  present,
  onClose,
}: {
  readonly facts: ChatFacts;
  /** Ids of those who are in it. */
  readonly present: ReadonlySet<number>;
  readonly onClose: () => void;
}) {
  const language = useLanguage();
  const { chats, information } = language.texts;
  const { members } = information;
  const toast = useToast();
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const [failed, setFailed] = useState<Person>();
  const toggle = (person: Person) => setChosen((chosen) => toggled(chosen, person));
  const task = useTask(async () => {
    for (const person of chosen) {
      setFailed(person);
      await facts.chat.add(person);
      setChosen((waiting) => waiting.filter(({ id }) => id !== person.id));
    }
  });
  const add = async () => {
    const count = chosen.length;
    if (count === 0 || !(await task.run())) return;
    toast({ text: members.added(count) });
    onClose();
  };
  return (
    <Dialog title={members.addTitle(facts.title)} description={members.newcomers} isOpen onClose={onClose}>
      <PeopleFinder
        label={chats.findPerson}
        picked={new Set(chosen.map(({ id }) => id))}
        excluded={present}
        onPick={toggle}
      >
        <ChosenPeople title={members.add} people={chosen} onTakeOut={toggle} />
      </PeopleFinder>
      {task.error === undefined ? null : (
        <Note look="alert">{members.notAdded(failed?.nickname ?? "", errorText(task.error, language))}</Note>
      )}
      <DialogActions>
        <Button look="main" isBusy={task.isRunning} disabled={chosen.length === 0} onClick={() => void add()}>
          {members.addChosen(chosen.length)}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
