import "@fontsource-variable/onest/wght.css";
import "./design/tokens.css";
import "./design/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { Device } from "./device.ts";
import { LanguageProvider, preferredLocale, textsOf } from "./language/language.tsx";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

const device = new Device();
// Both take their time, and neither waits for the other.
void device.open();
const locale = preferredLocale();
const texts = await textsOf(locale);

createRoot(root).render(
  <StrictMode>
    <LanguageProvider start={{ locale, texts }}>
      <App device={device} />
    </LanguageProvider>
  </StrictMode>,
);
