import "@fontsource-variable/onest/wght.css";
import "./design/tokens.css";
import "./design/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Device } from "./device.ts";
import type { Texts } from "./language/en/index.ts";
import { LanguageProvider, preferredLocale, textsOf } from "./language/language.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

const device = new Device();
// Both take their time, and neither waits for the other.
void device.open();
const locale = preferredLocale();
const texts = await textsWhenReachable();

createRoot(root).render(
  <StrictMode>
    <LanguageProvider start={{ locale, texts }}>
      <App device={device} />
    </LanguageProvider>
  </StrictMode>,
);

/** There are no words yet in which a failure could be told, so it is tried until they are there. */
async function textsWhenReachable(): Promise<Texts> {
  for (;;) {
    try {
      return await textsOf(locale);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
