import { Spoken } from "../design/spoken.tsx";
import { LOCALES, type Locale, useLanguage } from "../language/language.tsx";
import styles from "./language-chooser.module.css";

/** Each language under its own name, for who cannot read the one that is shown. */
const NAMES: Readonly<Record<Locale, string>> = { en: "English", ru: "Русский" };

/** Lets somebody read the entrance in another language. */
export function LanguageChooser() {
  const { texts, locale: spoken, choose } = useLanguage();
  return (
    <fieldset className={styles.languages}>
      <Spoken as="legend">{texts.entrance.language}</Spoken>
      {LOCALES.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          className={styles.language}
          aria-pressed={locale === spoken}
          onClick={() => void choose(locale)}
        >
          {NAMES[locale]}
        </button>
      ))}
    </fieldset>
  );
}
