import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const ENTRY = fileURLToPath(new URL("../src/service-worker/main.ts", import.meta.url));

/** What the part of the app is called that knows which passwords are common. */
export const PASSWORD_LISTS = "password-lists";

/** What nobody is asked to download before it is used: the names of emoji, and what choosing a password takes. */
const NOT_SHELL = new RegExp(`\\.map$|^/emoji/|^/assets/${PASSWORD_LISTS}-`);

/** A file of the shell, with what its content has to be, as `fetch` checks it. */
type ShellFile = readonly [path: string, integrity: string];

/**
 * Builds `/sw.js` out of `src/service-worker`, with the list of what the app is made of. After everything else is
 * written: only then it is known what every file is called and holds.
 */
export function serviceWorker(): Plugin {
  let directory = "";
  return {
    name: "tacit-service-worker",
    apply: "build",
    configResolved: ({ root, build: { outDir } }) => {
      directory = resolve(root, outDir);
    },
    writeBundle: { order: "post", sequential: true, handler: () => writeServiceWorker(directory) },
  };
}

async function writeServiceWorker(directory: string): Promise<void> {
  const files = await readFiles(directory);
  const emoji = files.filter(({ path }) => path.startsWith("/emoji/"));
  const shell = files
    .filter(({ path }) => !NOT_SHELL.test(path))
    .map(({ path, content }): ShellFile => [path === "/index.html" ? "/" : path, integrityOf(content)]);
  await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define: {
      __SHELL__: JSON.stringify(shell),
      __SHELL_VERSION__: JSON.stringify(digest(Buffer.from(JSON.stringify(shell)))),
      __EMOJI_VERSION__: JSON.stringify(digest(Buffer.concat(emoji.map(({ content }) => content)))),
    },
    build: {
      outDir: directory,
      emptyOutDir: false,
      lib: { entry: ENTRY, formats: ["iife"], name: "serviceWorker", fileName: () => "sw.js" },
    },
  });
}

async function readFiles(directory: string): Promise<{ path: string; content: Buffer }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => ({
      path: `/${relative(directory, file).split(sep).join("/")}`,
      content: await readFile(file),
    })),
  );
}

function integrityOf(content: Buffer): string {
  return `sha384-${createHash("sha384").update(content).digest("base64")}`;
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
