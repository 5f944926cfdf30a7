import type { Person } from "@tacit/client";
import { QrCode as QrIcon, ScanQrCode, ShieldCheck, ShieldQuestionMark } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { Switch } from "../design/switch.tsx";
import { dayText } from "../language/dates.ts";
import { useLanguage } from "../language/language.tsx";
import { useTacit } from "../live/account.tsx";
import { useAct } from "./act.ts";
import { CopyButton } from "./copy-button.tsx";
import { Digits } from "./digits.tsx";
import styles from "./safety-number.module.css";
import { Section } from "./section.tsx";

const QrCode = lazy(() => import("./qr-code.tsx").then(({ QrCode }) => ({ default: QrCode })));
const Scanner = lazy(() => import("./scanner.tsx").then(({ Scanner }) => ({ default: Scanner })));

/** The number that two people compare, its QR code, a scanner for the other side's, and whether it was compared. */
export function SafetyNumber({
  person,
  number,
  code,
  verifiedAt,
}: {
  readonly person: Person;
  readonly number: string;
  readonly code: string;
  readonly verifiedAt: string | undefined;
}) {
  const { texts, locale } = useLanguage();
  const { safety } = texts.information;
  const tacit = useTacit();
  const act = useAct();
  const [over, setOver] = useState<"code" | "scanner">();
  const name = person.nickname;
  const isVerified = verifiedAt !== undefined;
  const setVerified = (verified: boolean) => act(() => tacit.people.setVerified(person, verified));
  const Shield = isVerified ? ShieldCheck : ShieldQuestionMark;
  return (
    <Section
      title={safety.title}
      end={
        <span className={styles.state} data-verified={isVerified || undefined} role="status">
          <Shield size={16} aria-hidden />
          {isVerified ? safety.verifiedSince(dayText(new Date(verifiedAt), locale)) : safety.unverified}
        </span>
      }
    >
      <p className={styles.explanation}>{safety.explanation(name)}</p>
      <Digits number={number} />
      <div className={styles.buttons}>
        <Button icon={<QrIcon size={18} aria-hidden />} onClick={() => setOver("code")}>
          {safety.showCode}
        </Button>
        <Button icon={<ScanQrCode size={18} aria-hidden />} onClick={() => setOver("scanner")}>
          {safety.scan}
        </Button>
        <CopyButton label={safety.copy} text={number.match(/\d{5}/g)?.join(" ") ?? number} />
      </div>
      <Switch
        label={safety.verified}
        hint={safety.verifiedHint}
        isOn={isVerified}
        onChange={(verified) => void setVerified(verified)}
      />
      <Dialog title={safety.codeTitle(name)} isOpen={over === "code"} onClose={() => setOver(undefined)}>
        <Suspense>
          <QrCode text={code} label={safety.codeLabel(name)} />
        </Suspense>
        <p className={styles.explanation}>{safety.codeHint(name)}</p>
      </Dialog>
      {over === "scanner" ? (
        <Suspense>
          <Scanner
            name={name}
            isVerified={isVerified}
            compare={(scanned) => tacit.people.compareQr(person, scanned)}
            onVerified={() => {
              setOver(undefined);
              void setVerified(true);
            }}
            onClose={() => setOver(undefined)}
          />
        </Suspense>
      ) : null}
    </Section>
  );
}
