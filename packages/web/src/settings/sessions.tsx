import type { DeviceSession } from "@tacit/client";
import { Laptop, MonitorSmartphone, Smartphone } from "lucide-react";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { ConfirmDialog } from "../design/dialog.tsx";
import { useToast } from "../design/toasts.tsx";
import { fullDateText } from "../language/dates.ts";
import { errorText } from "../language/errors.ts";
import { useLanguage } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { useTask } from "../live/task.ts";
import { Asked } from "./asked.tsx";
import { Buttons, Intro } from "./part.tsx";
import styles from "./sessions.module.css";

/** The devices that are signed in, this one first, and what ends their sessions. */
export function SessionsSection() {
  const tacit = useTacit();
  const language = useLanguage();
  const { settings: t } = language.texts;
  const toast = useToast();
  const answer = useAnswer(() => tacit.account.sessions(), [tacit]);
  const [ending, setEnding] = useState<DeviceSession | "others">();
  const end = useTask(async () => {
    if (ending === "others") await tacit.account.revokeOtherSessions();
    else if (ending) await tacit.account.revokeSession(ending.id);
    toast({ text: ending === "others" || !ending ? t.othersRevoked : t.revoked(nameOf(ending)) });
    setEnding(undefined);
    answer.retry();
  });
  const nameOf = ({ deviceName }: DeviceSession) => deviceName ?? t.unknownDevice;
  const close = () => {
    setEnding(undefined);
    end.clear();
  };
  return (
    <>
      <Intro>{t.sessionsHint}</Intro>
      <Asked answer={answer}>
        {(sessions) => (
          <>
            <ul className={styles.sessions}>
              {[...sessions]
                .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent))
                .map((session) => (
                  <SessionCard
                    key={session.id}
                    session={session}
                    name={nameOf(session)}
                    onEnd={() => setEnding(session)}
                  />
                ))}
            </ul>
            {sessions.length > 1 ? (
              <Buttons>
                <Button onClick={() => setEnding("others")}>{t.revokeOthers}</Button>
              </Buttons>
            ) : (
              <Intro>{t.noOthers}</Intro>
            )}
          </>
        )}
      </Asked>
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={ending === "others" || !ending ? t.revokeOthersTitle : t.revokeTitle(nameOf(ending))}
        description={ending === "others" ? t.revokeOthersDescription : t.revokeDescription}
        action={ending === "others" ? t.revokeOthers : t.revoke}
        isBusy={end.isRunning}
        error={end.error ? errorText(end.error, language) : undefined}
        onConfirm={() => void end.run()}
        onClose={close}
      />
    </>
  );
}

function SessionCard({
  session,
  name,
  onEnd,
}: {
  readonly session: DeviceSession;
  readonly name: string;
  readonly onEnd: () => void;
}) {
  const { texts, locale } = useLanguage();
  const { settings: t } = texts;
  const { appVersion, ipAddress, city, signedInAt, lastSeenAt, isCurrent } = session;
  const Icon = iconOf(name);
  const where = [ipAddress, city === "Unknown" ? null : city].filter(Boolean).join(", ");
  const facts = [
    [t.app, appVersion],
    [t.address, where],
    [t.signedIn, fullDateText(new Date(signedInAt), locale)],
    [t.lastSeen, fullDateText(new Date(lastSeenAt), locale)],
  ] as const;
  return (
    <li className={styles.session}>
      <Icon size={24} strokeWidth={1.5} aria-hidden />
      <div className={styles.about}>
        <p className={styles.name}>
          {name}
          {isCurrent ? <span className={styles.current}>{t.thisDevice}</span> : null}
        </p>
        <dl className={styles.facts}>
          {facts.map(([what, value]) =>
            value ? (
              <div key={what}>
                <dt>{what}</dt>
                <dd>{value}</dd>
              </div>
            ) : null,
          )}
        </dl>
        {isCurrent ? null : (
          <Button className={styles.end} aria-label={t.revokeNamed(name)} onClick={onEnd}>
            {t.revoke}
          </Button>
        )}
      </div>
    </li>
  );
}

function iconOf(name: string) {
  if (/Android|iPhone|iPad/.test(name)) return Smartphone;
  return /Windows|macOS|Linux/.test(name) ? Laptop : MonitorSmartphone;
}
