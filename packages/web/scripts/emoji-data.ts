import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const LOCALES = ["en", "ru"];
const FILES = ["data", "messages"];

/** Gives the app the names of emoji as `/emoji/<locale>/<file>.json`, where the picker of emoji looks for them. */
export function emojiData(): Plugin {
  return {
    name: "tacit-emoji-data",
    async generateBundle() {
      for (const path of PATHS)
        this.emitFile({ type: "asset", fileName: `emoji/${path}`, source: await readEmojiData(path) });
    },
    configureServer(server) {
      server.middlewares.use("/emoji", async (request, response, next) => {
        const path = PATHS.find((candidate) => request.url === `/${candidate}`);
        if (path === undefined) return next();
        response.setHeader("Content-Type", "application/json").end(await readEmojiData(path));
      });
    },
  };
}

const PATHS = LOCALES.flatMap((locale) => FILES.map((file) => `${locale}/${file}.json`));

function readEmojiData(path: string): Promise<Buffer> {
  return readFile(createRequire(import.meta.url).resolve(`emojibase-data/${path}`));
}
