import type { Invite } from "@tacit/client";
import { Copy, Ticket } from "lucide-react";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { TextField } from "../design/field.tsx";
import { Question } from "../design/question.tsx";
import { useToast } from "../design/toasts.tsx";
import { fullDateText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { Asked } from "../settings/asked.tsx";
import { Buttons, Intro, Part } from "../settings/part.tsx";
import { copyLink, linkOf } from "./copy-link.ts";
import styles from "./invites.module.css";
import { NewInvite } from "./new-invite.tsx";

/** Invitations: new ones, and those that can still be used. */
export function InvitesSection() {
  const tacit = useTacit();
  const { administration: t } = useTexts();
  const toast = useToast();
  const answer = useAnswer(() => tacit.admin.invites(), [tacit]);
  const [going, setGoing] = useState<Invite>();
  const remove = async ({ code }: Invite) => {
    await tacit.admin.deleteInvite(code);
    toast({ text: t.inviteDeleted });
    answer.retry();
  };
  return (
    <>
      <Intro>{t.invitesHint}</Intro>
      <NewInvite onCreated={answer.retry} />
      <Part title={t.openInvites}>
        <Asked answer={answer}>
          {(invites) =>
            invites.length === 0 ? (
              <Intro>{t.noInvites}</Intro>
            ) : (
              <ul className={styles.invites}>
                {invites.map((invite) => (
                  <InviteCard key={invite.code} invite={invite} onDelete={() => setGoing(invite)} />
                ))}
              </ul>
            )
          }
        </Asked>
      </Part>
      {going ? (
        <Question
          title={t.deleteInviteTitle}
          description={t.deleteInviteDescription}
          action={t.deleteInvite}
          work={() => remove(going)}
          onClose={() => setGoing(undefined)}
        />
      ) : null}
    </>
  );
}

function InviteCard({ invite, onDelete }: { readonly invite: Invite; readonly onDelete: () => void }) {
  const { texts, locale } = useLanguage();
  const { administration: t } = texts;
  const toast = useToast();
  const { code, uses, uses_left: left, expires_at: expiresAt } = invite;
  const copy = async () =>
    toast((await copyLink(code)) ? { text: t.linkCopied } : { text: t.copyFailed, isAlert: true });
  const end = expiresAt ? t.until(fullDateText(new Date(expiresAt), locale)) : t.withoutEnd;
  return (
    <li className={styles.invite}>
      <p className={styles.facts}>
        <Ticket size={18} aria-hidden />
        {t.usesLeft(left, uses)}, {end}
      </p>
      <TextField
        label={t.inviteLink}
        readOnly
        value={linkOf(code)}
        onFocus={({ target }) => target.select()}
      />
      <Buttons>
        <Button icon={<Copy size={18} aria-hidden />} onClick={() => void copy()}>
          {t.copyLink}
        </Button>
        <Button aria-label={t.deleteInviteNamed(code)} onClick={onDelete}>
          {t.deleteInvite}
        </Button>
      </Buttons>
    </li>
  );
}
