/** How the app looks: as the system does, or always one way. */
export type Theme = "system" | "light" | "dark";

/** Also read by `public/theme.js`, before the first paint. */
const KEY = "tacit.theme";

/** What the person chose on this device. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Looks so from now on, on this device. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset.theme = theme;
  }
}
