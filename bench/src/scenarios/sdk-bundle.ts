import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { grouped } from "../report.ts";
import type { Figure, Scenario } from "../scenario.ts";
import { REPOSITORY, withTemporaryDirectory } from "../system/paths.ts";

const LIMIT = 90_000;

/** What a browser loads of the SDK, all of it, bundled and compressed. */
export const sdkBundle: Scenario = {
  name: "sdk-bundle",
  expectedSeconds: () => 10,
  run: () =>
    withTemporaryDirectory(async (directory) => {
      const entry = join(directory, "entry.js");
      await writeFile(
        entry,
        `export * from ${JSON.stringify(join(REPOSITORY, "packages/client/dist/index.js"))};`,
      );
      return figures(await bundled(entry));
    }),
};

interface Part {
  readonly name: string;
  readonly octets: number;
  /** Whether a page loads it before it does anything. */
  readonly first: boolean;
}

async function bundled(entry: string): Promise<Part[]> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["module", "browser"] },
    build: { write: false, minify: true, rollupOptions: { preserveEntrySignatures: "strict", input: entry } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !("output" in output)) throw new Error("nothing was built");
  const chunks = output.output.filter((part) => part.type === "chunk");
  const importsOf = new Map(chunks.map(({ fileName, imports }) => [fileName, imports]));
  const firsts = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const name of firsts) for (const imported of importsOf.get(name) ?? []) firsts.add(imported);
  return output.output.map((part) => ({
    name: part.fileName,
    octets: gzipSync(part.type === "chunk" ? part.code : part.source, { level: 9 }).length,
    first: firsts.has(part.fileName),
  }));
}

/** Dictionaries for judging passwords, and the WebAssembly that stretches them: more than all the rest together. */
const FOR_PASSWORDS = /argon2|dist-/;

function figures(parts: readonly Part[]): Figure[] {
  const sum = (some: readonly Part[]) => some.reduce((total, { octets }) => total + octets, 0);
  const forPasswords = parts.filter(({ name }) => FOR_PASSWORDS.test(name));
  const first = sum(parts.filter((part) => part.first));
  const all = sum(parts) - sum(forPasswords);
  return [
    {
      name: "SDK in a browser bundle, gzip: what is loaded at first",
      target: "under 90 KB",
      measured: `${grouped(first)} B`,
      ok: first < LIMIT,
    },
    { name: "… with all that is loaded when it is needed, but for passwords", measured: `${grouped(all)} B` },
    ...forPasswords.map(({ name, octets }) => ({
      name: `… for passwords: ${name}`,
      measured: `${grouped(octets)} B`,
    })),
  ];
}
