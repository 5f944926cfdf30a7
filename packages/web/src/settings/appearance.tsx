import { useState } from "react";
import { chooseTheme, chosenTheme, type Theme } from "../design/theme.ts";
import { LOCALES, useLanguage } from "../language/language.tsx";
import styles from "./appearance.module.css";
import { Choice } from "./choice.tsx";
import { Intro } from "./part.tsx";
import { chooseTextSize, chosenTextSize, type TextSize } from "./text-size.ts";

/** Each in itself: whoever cannot read the language that is on finds their own. */
const LANGUAGES = { en: "English", ru: "Русский" } as const;
const THEMES: readonly Theme[] = ["system", "light", "dark"];
const TEXT_SIZES: readonly TextSize[] = ["small", "normal", "large"];

/** How the app looks and which language it speaks, on this device. */
export function AppearanceSection() {
  const { texts, locale, choose } = useLanguage();
  // It has to be loaded first; meanwhile what was pressed is seen to be chosen.
  const [wanted, setWanted] = useState(locale);
  const { settings: t } = texts;
  const [theme, setTheme] = useState(chosenTheme);
  const [size, setSize] = useState(chosenTextSize);
  return (
    <>
      <Choice
        label={t.theme}
        options={THEMES.map((value) => ({ value, label: t.themes[value] }))}
        chosen={theme}
        onChoose={(value) => {
          chooseTheme(value);
          setTheme(value);
        }}
      />
      <Choice
        label={t.language}
        options={LOCALES.map((value) => ({ value, label: LANGUAGES[value], lang: value }))}
        chosen={wanted}
        onChoose={(value) => {
          setWanted(value);
          choose(value).catch(() => setWanted(locale));
        }}
      />
      <div className={styles.size}>
        <Choice
          label={t.textSize}
          options={TEXT_SIZES.map((value) => ({ value, label: t.textSizes[value] }))}
          chosen={size}
          onChoose={(value) => {
            chooseTextSize(value);
            setSize(value);
          }}
        />
        <p className={styles.sample}>{t.sample}</p>
      </div>
      <Intro>{t.keptHere}</Intro>
    </>
  );
}
