import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import type { Texts } from "./en/index.ts";

/** The languages that the app speaks. */
export const LOCALES = ["en", "ru"] as const;
/** One of {@link LOCALES}. */
export type Locale = (typeof LOCALES)[number];

/** How the app speaks to the person. */
export interface Language {
  /** For `Intl`. */
  readonly locale: Locale;
  /** Everything that is said. */
  readonly texts: Texts;
  /** Speaks another language from now on, on this device. */
  readonly choose: (locale: Locale) => Promise<void>;
}

const KEY = "tacit.language";
const LanguageContext = createContext<Language | undefined>(undefined);

/** What the person chose, else the first of the browser's languages that there is, else English. */
export function preferredLocale(): Locale {
  const wanted = [localStorage.getItem(KEY) ?? [], navigator.languages].flat();
  for (const tag of wanted) {
    const locale = LOCALES.find((known) => known === tag.slice(0, 2).toLowerCase());
    if (locale) return locale;
  }
  return "en";
}

/** What is said in a language. Nobody loads one that is not spoken to them. */
export async function textsOf(locale: Locale): Promise<Texts> {
  return locale === "ru" ? (await import("./ru/index.ts")).ru : (await import("./en/index.ts")).en;
}

/** Lets everything inside speak the person's language. @param start as it was loaded before the first screen */
export function LanguageProvider({
  start,
  children,
}: {
  readonly start: Pick<Language, "locale" | "texts">;
  readonly children: ReactNode;
}) {
  const [spoken, setSpoken] = useState(start);
  useEffect(() => {
    document.documentElement.lang = spoken.locale;
  }, [spoken.locale]);
  const language = useMemo<Language>(
    () => ({
      ...spoken,
      choose: async (locale) => {
        const texts = await textsOf(locale);
        localStorage.setItem(KEY, locale);
        setSpoken({ locale, texts });
      },
    }),
    [spoken],
  );
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

/** The person's language. */
export function useLanguage(): Language {
  const language = use(LanguageContext);
  if (!language) throw new Error("There is no LanguageProvider around this.");
  return language;
}

/** Everything that is said, in the person's language. */
export function useTexts(): Texts {
  return useLanguage().texts;
}
