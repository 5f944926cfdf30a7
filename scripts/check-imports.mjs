// Fails on an import against the direction of dependencies, and on a cycle of imports.
// What may import what is written down here, in one place; ARCHITECTURE.md says why.
// Usage: node scripts/check-imports.mjs [root]
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));

/** Package -> the packages of this repository that it may import. */
const PACKAGES = {
  "packages/protocol": [],
  "packages/server": ["@tacit/protocol"],
  "packages/client": ["@tacit/protocol"],
  "packages/web": ["@tacit/client"],
  "packages/testkit": ["@tacit/protocol", "@tacit/server", "@tacit/client"],
  bench: ["@tacit/protocol", "@tacit/server", "@tacit/client", "@tacit/testkit"],
};
/** Whose tests may boot the whole system. */
const TESTED_WITH_TESTKIT = ["packages/server", "packages/client", "packages/web", "bench"];

/** What a library is for: only files that match may import it. */
const SERVER_LIBRARIES = [
  ["fastify", /^http\/|^[^/]+\.ts$|routes\.ts$/],
  ["ws", /^gateway\//],
  ["postgres", /^db\//],
];
const FOUNDATION = new Set([
  "background-work.ts",
  "config.ts",
  "durable-files.ts",
  "errors.ts",
  "live-process.ts",
  "logger.ts",
  "metrics.ts",
  "turns.ts",
  "version.ts",
]);
const INFRASTRUCTURE = new Set(["db", "bus", "blobs", "http", "instance"]);

/** Layer of a file of the server: a layer imports itself and lower ones. */
function layerOf(path) {
  const [first, ...rest] = path.split("/");
  if (rest.length === 0) return FOUNDATION.has(first) ? "foundation" : "composition";
  if (first === "gateway") return "gateway";
  return INFRASTRUCTURE.has(first) ? "infrastructure" : "domain";
}

const MAY_IMPORT = {
  foundation: ["foundation"],
  infrastructure: ["infrastructure", "foundation"],
  gateway: ["gateway", "infrastructure", "foundation"],
  domain: ["domain", "infrastructure", "foundation"],
  composition: ["composition", "gateway", "domain", "infrastructure", "foundation"],
};

const isTest = (file) => /\.test\.tsx?$|\/fixtures\//.test(file);

/** @returns {string | undefined} what is wrong with an import, as half a sentence */
function problemOf(packagePath, file, { specifier, target, typeOnly }) {
  if (target && packageOf(target) !== packagePath)
    return "leaves its package: import the package by its name";
  if (specifier.startsWith("@tacit/")) return packageProblem(packagePath, file, specifier);
  if (packagePath !== "packages/server" || isTest(file)) return undefined;
  const within = (path) => path.slice("packages/server/src/".length);
  return target
    ? layerProblem(within(file), within(target), typeOnly)
    : libraryProblem(within(file), specifier);
}

function packageProblem(packagePath, file, specifier) {
  const name = specifier.split("/").slice(0, 2).join("/");
  const own = packagePath === "bench" ? "@tacit/bench" : `@tacit/${basename(packagePath)}`;
  if (name === own && isTest(file)) return undefined;
  if (name === "@tacit/testkit" && isTest(file) && TESTED_WITH_TESTKIT.includes(packagePath))
    return undefined;
  return PACKAGES[packagePath].includes(name)
    ? undefined
    : `is not one of the packages that ${packagePath} may import`;
}

function layerProblem(from, to, typeOnly) {
  const [layer, other] = [layerOf(from), layerOf(to)];
  // A handler has the shape that the gateway's table asks for; the gateway itself stays unknown to it.
  const shape = layer === "domain" && other === "gateway" && typeOnly;
  if (!MAY_IMPORT[layer].includes(other) && !shape) return `goes from ${layer} to ${other}`;
  const foreign = from.split("/")[0] !== to.split("/")[0];
  if (other === "domain" && foreign && /store\.ts$/.test(to))
    return "is another domain's store: call its service";
  return undefined;
}

function libraryProblem(file, specifier) {
  const [name, where] = SERVER_LIBRARIES.find(([library]) => specifier === library) ?? [];
  return name && !where.test(file) ? "is a library that this part of the server must not know" : undefined;
}

function packageOf(file) {
  return Object.keys(PACKAGES).find((path) => file.startsWith(`${path}/`));
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?(?:[\w*{][^;'"`]*?\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

function importsOf(file) {
  return [...readFileSync(join(root, file), "utf8").matchAll(IMPORT)].map(([, type, statement, lazy]) => {
    const specifier = statement ?? lazy;
    const target = specifier.startsWith(".") ? toPosix(join(dirname(file), specifier)) : undefined;
    return { specifier, target, typeOnly: type !== undefined, lazy: lazy !== undefined };
  });
}

function toPosix(path) {
  return path.split(sep).join("/");
}

function sourcesOf(packagePath) {
  let entries;
  try {
    entries = readdirSync(join(root, packagePath, "src"), { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  const files = entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name));
  return files
    .map((entry) => toPosix(relative(root, join(entry.parentPath ?? entry.path, entry.name))))
    .sort();
}

/** Cycles of imports that exist when the program runs; an `import type` does not. */
function findCycles(graph) {
  const cycles = [];
  const state = new Map();
  const visit = (file, path) => {
    state.set(file, "open");
    for (const target of graph.get(file) ?? []) {
      if (state.get(target) === "open") cycles.push([...path.slice(path.indexOf(target)), target]);
      else if (!state.has(target)) visit(target, [...path, target]);
    }
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file, [file]);
  return cycles;
}

const problems = [];
const graph = new Map();
for (const packagePath of Object.keys(PACKAGES)) {
  for (const file of sourcesOf(packagePath)) {
    const imports = importsOf(file);
    graph.set(
      file,
      imports
        .filter(({ target, typeOnly, lazy }) => target && !typeOnly && !lazy)
        .map(({ target }) => target),
    );
    for (const entry of imports) {
      const problem = problemOf(packagePath, file, entry);
      if (problem) problems.push(`${file}: "${entry.specifier}" ${problem}`);
    }
  }
}
for (const cycle of findCycles(graph)) problems.push(`cycle: ${cycle.join(" -> ")}`);

if (graph.size === 0) problems.push(`no sources were found below ${root}`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${graph.size} files import only what they may.`);
