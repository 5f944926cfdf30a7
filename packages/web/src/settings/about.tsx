import { ExternalLink } from "lucide-react";
import { Mark } from "../design/mark.tsx";
import { useTexts } from "../language/language.tsx";
import { VERSION } from "../version.ts";
import styles from "./about.module.css";
import { Part } from "./part.tsx";

/** What this is, by which terms, and how to use it with a keyboard. */
export function AboutSection() {
  const { common, settings: t } = useTexts();
  const { keys, shortcutTexts } = t;
  const shortcuts = [
    [[keys.enter], shortcutTexts.send],
    [[keys.shift, keys.enter], shortcutTexts.newLine],
    [[keys.up], shortcutTexts.edit],
    [[keys.control, keys.k], shortcutTexts.search],
    [[keys.tab], shortcutTexts.next],
    [[keys.shift, keys.tab], shortcutTexts.previous],
    [[keys.arrows], shortcutTexts.choose],
    [[keys.space], shortcutTexts.press],
    [[keys.escape], shortcutTexts.close],
  ] as const;
  return (
    <>
      <div className={styles.face}>
        <span className={styles.mark}>
          <Mark />
        </span>
        <div>
          <p className={styles.name}>{common.appName}</p>
          <p className={styles.about}>{t.about}</p>
        </div>
      </div>
      <dl className={styles.facts}>
        <div>
          <dt>{t.version}</dt>
          <dd>{VERSION}</dd>
        </div>
        <div>
          <dt>{t.licence}</dt>
          <dd>{t.licenceText}</dd>
        </div>
      </dl>
      <a className={styles.link} href="/docs" target="_blank" rel="noreferrer">
        {t.protocol}
        <ExternalLink size={16} aria-hidden />
      </a>
      <Part title={t.shortcuts}>
        <dl className={styles.shortcuts}>
          {shortcuts.map(([keys, text]) => (
            <div key={text}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key} className={styles.key}>
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </Part>
    </>
  );
}
