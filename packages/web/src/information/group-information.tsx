import type { RefObject } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { Avatar } from "../design/avatar.tsx";
import { AvatarEditor } from "../design/avatar-editor.tsx";
import { errorText } from "../language/errors.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useTask } from "../live/task.ts";
import { Encryption } from "./encryption.tsx";
import { Heading } from "./heading.tsx";
import { Leaving } from "./leaving.tsx";
import { Members } from "./members.tsx";
import { QuickActions } from "./quick-actions.tsx";
import { TitleEditor } from "./title-editor.tsx";

/** What there is to know about a group or channel: its picture and title, who is in it, and how to get out. */
export function GroupInformation({
  facts,
  scroller,
}: {
  readonly facts: ChatFacts;
  /** What scrolls. */
  readonly scroller: RefObject<HTMLElement | null>;
}) {
  const { information } = useTexts();
  const isOwner = facts.myRole === "owner";
  return (
    <>
      <Heading
        picture={
          isOwner ? (
            <OwnPicture facts={facts} />
          ) : (
            <Avatar id={facts.id} name={facts.title} url={facts.avatarUrl} size={112} />
          )
        }
        name={isOwner ? <TitleEditor facts={facts} /> : facts.title}
      >
        <span>{information.group.kind(facts.kind, facts.memberCount)}</span>
      </Heading>
      <QuickActions facts={facts} />
      <Encryption facts={facts} />
      <Members facts={facts} scroller={scroller} />
      <Leaving facts={facts} />
    </>
  );
}

function OwnPicture({ facts }: { readonly facts: ChatFacts }) {
  const language = useLanguage();
  const task = useTask((picture: Blob | null) => facts.chat.setAvatar(picture));
  return (
    <AvatarEditor
      id={facts.id}
      name={facts.title}
      url={facts.avatarUrl}
      onChange={task.run}
      isBusy={task.isRunning}
      error={task.error === undefined ? undefined : errorText(task.error, language)}
    />
  );
}
