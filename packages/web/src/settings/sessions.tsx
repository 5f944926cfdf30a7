import type { DeviceSession } from "@tacit/client";
import { Laptop, MonitorSmartphone, Smartphone } from "lucide-react";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Question } from "../design/question.tsx";
import { useToast } from "../design/toasts.tsx";
import { fullDateText } from "../language/dates.ts";
import { useLanguage, useTexts } from "../language/language.tsx";
import { useAnswer, useTacit } from "../live/account.tsx";
import { Asked } from "./asked.tsx";
import { Buttons, Intro } from "./part.tsx";
import styles from "./sessions.module.css";

/** The devices that are signed in, this one first, and what ends their sessions. */
export function SessionsSection() {
  const tacit = useTacit();
  const { settings: t } = useTexts();
  const toast = useToast();
  const answer = useAnswer(() => tacit.account.sessions(), [tacit]);
  const [ending, setEnding] = useState<DeviceSession | "others">();
  const nameOf = ({ deviceName }: DeviceSession) => deviceName ?? t.unknownDevice;
  const end = async (ending: DeviceSession | "others") => {
    if (ending === "others") await tacit.account.revokeOtherSessions();
    else await tacit.account.revokeSession(ending.id);
    toast({ text: ending === "others" ? t.othersRevoked : t.revoked(nameOf(ending)) });
    answer.retry();
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
      {ending ? (
        <Question
          title={ending === "others" ? t.revokeOthersTitle : t.revokeTitle(nameOf(ending))}
          description={ending === "others" ? t.revokeOthersDescription : t.revokeDescription}
          action={ending === "others" ? t.revokeOthers : t.revoke}
          work={() => end(ending)}
          onClose={() => setEnding(undefined)}
        />
      ) : null}
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
