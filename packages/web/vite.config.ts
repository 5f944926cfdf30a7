import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { emojiData } from "./scripts/emoji-data.ts";
import { PASSWORD_LISTS, serviceWorker } from "./scripts/service-worker-plugin.ts";

/** Where a server runs during `npm run dev`. */
const SERVER = process.env.TACIT_SERVER ?? "http://localhost:8081";

/** What is the server's, not the app's. */
const SERVER_PATHS = "^/(admin|auth|avatars|chats|health|media|reports|sync|users)(/|\\?|$)";

const own: { readonly version: string } = JSON.parse(
  readFileSync(new URL("package.json", import.meta.url), "utf8"),
);

/** How the app is bundled: for today's browsers, with the SDK from its sources. `scripts/build.mjs` runs it. */
export default defineConfig(({ mode }) => ({
  plugins: [react(), emojiData(), serviceWorker()],
  resolve: {
    conditions: ["source", "module", "browser", mode === "production" ? "production" : "development"],
    alias: {
      // The original injects a <style>, which the page's Content-Security-Policy refuses.
      "react-remove-scroll": fileURLToPath(new URL("src/design/no-scroll-lock.tsx", import.meta.url)),
    },
  },
  define: { __APP_VERSION__: JSON.stringify(own.version) },
  worker: { format: "es" },
  build: {
    target: ["chrome111", "edge111", "firefox114", "safari16.4"],
    // The Content-Security-Policy lets no script, font or style come from a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The service worker knows this part by its name: it is large, and only of use with a network.
            { name: PASSWORD_LISTS, test: /@zxcvbn-ts.language-common/ },
            // What every first screen needs is one part, not forty that each have to be asked for.
            { name: "start", tags: ["$initial"] },
          ],
        },
      },
    },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      [SERVER_PATHS]: { target: SERVER },
      "^/ws": { target: SERVER.replace(/^http/, "ws"), ws: true },
    },
  },
}));
