// Builds the web app into packages/web/dist, or another folder, unless what is there was made of the very same files.
// Usage: node packages/web/scripts/build.mjs [--force] [--out <folder>]
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const ROOT = join(WEB, "../..");
const { values: options } = parseArgs({
  options: { force: { type: "boolean" }, out: { type: "string", default: join(WEB, "dist") } },
});
const OUT = resolve(options.out);
/** Says what the build was made of. Written last: one that was broken off has none. */
const STAMP = ".built";

/** What lies among the sources without being in the app. */
const NOT_BUILT = /\.test\.tsx?$|[\\/](?:fixtures|measure)[\\/]/;

/** What the app is made of. */
const SOURCES = [
  ...["src", "public", "scripts", "index.html", "vite.config.ts", "package.json"].map((name) =>
    join(WEB, name),
  ),
  ...["client", "protocol"].flatMap((name) =>
    ["src", "package.json"].map((part) => join(ROOT, "packages", name, part)),
  ),
  join(ROOT, "package-lock.json"),
];

const COMPRESSIBLE = /\.(?:js|css|html|svg|json|wasm|webmanifest)$/;

// Before the build: what changes during it is for the next one.
const sources = await digest(SOURCES);
const built = await readFile(join(OUT, STAMP), "utf8").catch(ignoreAbsent);
if (options.force || built !== sources) await build();

async function build() {
  const begun = Date.now();
  console.log("Building the web app …");
  // Beside the old one, so that a server that runs never serves half of a build.
  const part = join(dirname(OUT), `.${basename(OUT)}-${process.pid}`);
  // Whoever starts this may have set another, for themselves: then React would come with its checks for developers.
  process.env.NODE_ENV = "production";
  try {
    const vite = await import("vite");
    await vite.build({
      root: WEB,
      configFile: join(WEB, "vite.config.ts"),
      logLevel: "warn",
      build: { outDir: part, emptyOutDir: true },
    });
    await compress(part);
    await writeFile(join(part, STAMP), sources);
    await swap(part);
  } catch (error) {
    console.error(`The web app could not be built: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  if (!process.exitCode) console.log(`The web app is built (${((Date.now() - begun) / 1000).toFixed(1)} s).`);
}

/** Another build may do the same at this moment: both are whole, and one of them stays. */
async function swap(part) {
  const old = `${part}-old`;
  await rename(OUT, old).catch(ignoreAbsent);
  await rename(part, OUT).catch((error) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  await rm(old, { recursive: true, force: true });
}

/** Once, here, and not for every request. */
async function compress(directory) {
  const files = (await filesIn(directory)).filter((file) => COMPRESSIBLE.test(file));
  for (const file of files) {
    const content = await readFile(file);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(content, { params }),
      promisify(gzip)(content, { level: 9 }),
    ]);
    await writeFile(`${file}.br`, br);
    await writeFile(`${file}.gz`, gz);
  }
}

/** By content: a checkout, a copy or a clock that was set says nothing about it. */
async function digest(paths) {
  const lists = await Promise.all(
    paths.map(async (path) => ((await stat(path)).isDirectory() ? filesIn(path) : [path])),
  );
  const hash = createHash("sha256");
  for (const file of lists
    .flat()
    .filter((path) => !NOT_BUILT.test(path))
    .sort())
    hash.update(`\n${relative(ROOT, file)}\n`).update(await readFile(file));
  return hash.digest("hex");
}

async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function ignoreAbsent(error) {
  if (error.code !== "ENOENT") throw error;
}
