import { Flag, ShieldX, Ticket, UsersRound } from "lucide-react";
import { useLocation } from "wouter";
import { Empty, PaneHeader } from "../design/pane.tsx";
import { useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { routes } from "../routes.ts";
import { Asked } from "../settings/asked.tsx";
import { type PaneSection, Panes } from "../settings/panes.tsx";
import styles from "./administration.module.css";
import { InvitesSection } from "./invites.tsx";
import { PeopleSection } from "./people.tsx";
import { ReportsSection } from "./reports.tsx";

const SECTIONS = [
  { name: "invites", Icon: Ticket, Section: InvitesSection },
  { name: "people", Icon: UsersRound, Section: PeopleSection },
  { name: "reports", Icon: Flag, Section: ReportsSection },
] as const satisfies readonly PaneSection[];

/** What administrators of the server do: invitations, accounts, reports. */
export function Administration({ section }: { readonly section: string | undefined }) {
  const tacit = useTacit();
  const { administration: t } = useTexts();
  const [, navigate] = useLocation();
  const profile = useAnswer(() => tacit.account.profile(), [tacit]);
  if (profile.value?.is_admin)
    return (
      <Panes
        title={t.title}
        sections={SECTIONS}
        labels={t.sections}
        section={section}
        hrefOf={routes.administration}
      />
    );
  return (
    <div className={styles.outside}>
      <PaneHeader title={t.title} onBack={() => navigate(routes.home)} />
      <div className={styles.content}>
        <Asked answer={profile}>
          {() => (
            <Empty icon={<ShieldX size={40} strokeWidth={1.5} aria-hidden />} title={t.forbidden}>
              <p>{t.forbiddenHint}</p>
            </Empty>
          )}
        </Asked>
      </div>
    </div>
  );
}
