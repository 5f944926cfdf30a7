import { Link } from "wouter";
import { useTexts } from "../language/language.tsx";
import styles from "./ways.module.css";

/** The other ways in, below a form. */
export function Ways({ to }: { readonly to: readonly (readonly [route: string, text: string])[] }) {
  const { entrance: t } = useTexts();
  return (
    <nav className={styles.ways} aria-label={t.otherWays}>
      {to.map(([route, text]) => (
        <Link key={route} href={route} className={styles.way}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
