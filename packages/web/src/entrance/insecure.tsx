import { useTexts } from "../language/language.tsx";
import styles from "./insecure.module.css";
import { Lead, Screen } from "./screen.tsx";

/** The page came over plain http, where a browser has no cryptography: says so, and how to get https. */
export function Insecure() {
  const { entrance: t } = useTexts();
  const { hostname, port, pathname } = location;
  // The port that the server listens at is known only if the page came from it.
  const inner = port || "8081";
  return (
    <Screen title={t.insecureTitle} isFirst>
      <Lead>{t.insecureWhat}</Lead>
      <p>{t.insecureVisitor}</p>
      <p>
        <a href={`https://${hostname}${pathname}`}>{t.tryHttps}</a>
      </p>
      <h2 className={styles.heading}>{t.insecureOperator}</h2>
      <p>{t.insecureProxy}</p>
      <pre className={styles.code}>
        <code>{`${hostname}\nreverse_proxy localhost:${inner}`}</code>
      </pre>
      <p>{t.insecureLocal}</p>
      <pre className={styles.code}>
        <code>{`http://localhost:${inner}`}</code>
      </pre>
    </Screen>
  );
}
