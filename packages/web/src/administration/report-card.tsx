import type { Report } from "@tacit/client";
import { Button } from "../design/button.tsx";
import { useToast } from "../design/toasts.tsx";
import { fullDateText } from "../language/dates.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { ErrorNote } from "../settings/error.tsx";
import { Buttons } from "../settings/part.tsx";
import styles from "./report-card.module.css";
import { revealedTexts } from "./revealed.ts";

type Person = NonNullable<Report["user"]>;

/** What somebody reported, and what is done about it. */
export function ReportCard({
  report,
  onMoved,
  onDisable,
}: {
  readonly report: Report;
  readonly onMoved: () => void;
  readonly onDisable: (user: Person) => void;
}) {
  const tacit = useTacit();
  const toast = useToast();
  const { texts, locale } = useLanguage();
  const { administration: t } = texts;
  const { id, state, user, reason, message_ids: messageIds, closed_at: closedAt } = report;
  const move = useTask(async (next: Report["state"]) => {
    await tacit.admin.updateReport(id, next);
    toast({ text: t.moved[next] });
    onMoved();
  });
  const nameOf = (person: Person | null) =>
    person ? `${person.nickname} (@${person.username})` : t.somebody;
  return (
    <li className={styles.report}>
      <p className={styles.title}>{t.reported(nameOf(report.reporter), nameOf(user))}</p>
      <p className={styles.when}>
        {fullDateText(new Date(report.created_at), locale)}
        {closedAt ? ` · ${t.closedAt(fullDateText(new Date(closedAt), locale))}` : null}
        {messageIds.length > 0 ? ` · ${t.messages(messageIds.length)}` : null}
      </p>
      <p className={styles.reason}>{reason}</p>
      <Revealed revealed={report.revealed} />
      <ErrorNote error={move.error} />
      <Buttons>
        {state === "open" ? (
          <>
            <Button look="main" isBusy={move.isRunning} onClick={() => void move.run("resolved")}>
              {t.resolve}
            </Button>
            <Button isBusy={move.isRunning} onClick={() => void move.run("dismissed")}>
              {t.dismiss}
            </Button>
          </>
        ) : (
          <Button isBusy={move.isRunning} onClick={() => void move.run("open")}>
            {t.reopen}
          </Button>
        )}
        {user && user.id !== tacit.id ? <Button onClick={() => onDisable(user)}>{t.disable}</Button> : null}
      </Buttons>
    </li>
  );
}

function Revealed({ revealed }: { readonly revealed: unknown }) {
  const { administration: t } = useLanguage().texts;
  const found = revealedTexts(revealed);
  if (found.length === 0) return <p className={styles.when}>{t.nothingRevealed}</p>;
  return (
    <figure className={styles.revealed}>
      <figcaption className={styles.when}>
        {t.revealed}. {t.revealedHint}
      </figcaption>
      {found.map(({ key, text }) => (
        <blockquote key={key} className={styles.message}>
          {text}
        </blockquote>
      ))}
    </figure>
  );
}
