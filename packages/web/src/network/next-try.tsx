import { useEffect, useState } from "react";
import { Button } from "../design/button.tsx";
import { clockText } from "../language/dates.ts";
import { useTexts } from "../language/language.tsx";
import styles from "./network-banner.module.css";

/** When this device tries to connect again, and a button for who does not want to wait. */
export function NextTry({
  retryAt,
  isTrying,
  onTry,
}: {
  readonly retryAt: number | undefined;
  readonly isTrying: boolean;
  readonly onTry: () => void;
}) {
  const { network: t } = useTexts();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = retryAt === undefined ? 0 : retryAt - now;
  return (
    <div className={styles.next}>
      <span className={styles.time}>
        {isTrying ? t.trying : left > 500 ? t.nextTry(clockText(left)) : ""}
      </span>
      <Button look="plain" className={styles.try} aria-disabled={isTrying || undefined} onClick={onTry}>
        {t.tryNow}
      </Button>
    </div>
  );
}
