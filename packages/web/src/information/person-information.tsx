import type { Person } from "@tacit/client";
import { Flag } from "lucide-react";
import { useState } from "react";
import type { ChatFacts } from "../chats/facts.ts";
import { Avatar } from "../design/avatar.tsx";
import { useTexts } from "../language/language.tsx";
import { useTacit, useVersion } from "../live/account.tsx";
import { Blocking } from "./blocking.tsx";
import { CopyButton } from "./copy-button.tsx";
import { DeleteChat } from "./delete-chat.tsx";
import { Encryption } from "./encryption.tsx";
import { Heading } from "./heading.tsx";
import { isDeleted } from "./people.ts";
import styles from "./person-information.module.css";
import { QuickActions } from "./quick-actions.tsx";
import { ReportDialog } from "./report-dialog.tsx";
import { LineButton, Section } from "./section.tsx";
import { Trust } from "./trust.tsx";

/** What there is to know about somebody I have a private chat with. */
export function PersonInformation({ facts, peer }: { readonly facts: ChatFacts; readonly peer: Person }) {
  const { information } = useTexts();
  const tacit = useTacit();
  useVersion("presence");
  const isGone = isDeleted(peer);
  const isOnline = !isGone && tacit.isOnline(peer);
  return (
    <>
      <Heading
        picture={
          <Avatar id={peer.id} name={peer.nickname} url={peer.avatarUrl} size={112} isOnline={isOnline} />
        }
        name={peer.nickname}
      >
        {isGone ? (
          <p>{information.deletedHint}</p>
        ) : (
          <>
            <span className={styles.username}>
              @{peer.username}
              <CopyButton label={information.copyUsername} text={peer.username} />
            </span>
            <span>{isOnline ? information.online : information.offline}</span>
          </>
        )}
      </Heading>
      <QuickActions facts={facts} />
      <Encryption facts={facts} />
      {isGone ? null : <Trust person={peer} />}
      <Section>
        {isGone ? null : (
          <>
            <Blocking person={peer} />
            <Reporting person={peer} facts={facts} />
          </>
        )}
        <DeleteChat facts={facts} />
      </Section>
    </>
  );
}

function Reporting({ person, facts }: { readonly person: Person; readonly facts: ChatFacts }) {
  const { information } = useTexts();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <LineButton icon={<Flag size={20} aria-hidden />} onClick={() => setOpen(true)}>
        {information.report.report(person.nickname)}
      </LineButton>
      {isOpen ? <ReportDialog person={person} chat={facts.chat} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
