import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "./secrets.ts";

/** A line of a log that holds a secret. */
export interface Leak {
  readonly kind: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The line, up to the first secret in it. */
  readonly text: string;
}

/** Searches every log of a run for every secret that its tests noted; each is reported where it comes first. */
export async function findLeaks(logs: string, secrets: string): Promise<Leak[]> {
  const search = compileSearch(await readSecrets(secrets));
  const leaks: Leak[] = [];
  for (const file of await readdir(logs)) {
    const text = await readFile(join(logs, file), "utf8");
    leaks.push(...describe(file, text, search(text)));
  }
  return leaks;
}

async function readSecrets(directory: string): Promise<Secret[]> {
  const files = await readdir(directory);
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), "utf8")));
  const lines = texts.flatMap((text) => text.split("\n"));
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Secret);
}

function describe(file: string, text: string, matches: readonly Match[]): Leak[] {
  const described = new Set<Secret>();
  const lineStart = (index: number) => text.lastIndexOf("\n", index) + 1;
  const firstOfLine = new Map<number, number>();
  for (const { index } of matches) {
    const start = lineStart(index);
    if (!firstOfLine.has(start)) firstOfLine.set(start, index);
  }
  return matches.flatMap(({ secret, index }) => {
    if (described.has(secret)) return [];
    described.add(secret);
    const start = lineStart(index);
    // Nothing of the line after the first secret in it: there may be more.
    const before = text.slice(start, firstOfLine.get(start)).slice(-200);
    const line = text.slice(0, start).split("\n").length;
    return [{ kind: secret.kind, file, line, text: `${before}[secret]` }];
  });
}

interface Match {
  readonly secret: Secret;
  readonly index: number;
}

/** First eight characters -> what may follow: needle -> whose it is. */
type Needles = Map<string, Map<string, Secret>>;

/** A leak of a long secret may be cut short, so its beginning is enough. */
const NEEDLE = 32;
/** The window that is hashed; secrets are at least this long. */
const WINDOW = 8;
const HASH_BITS = 22;

/**
 * Compiles a search for many needles at once (Rabin and Karp's): a rolling hash of every window of the text is looked
 * up in a bit set, and only the few that are in it are compared.
 */
export function compileSearch(secrets: readonly Secret[]): (text: string) => Match[] {
  const needles: Needles = new Map();
  const filter = new Uint8Array(1 << HASH_BITS);
  for (const secret of secrets) {
    for (const form of formsOf(secret.value)) {
      const window = form.slice(0, WINDOW);
      filter[hashOf(window)] = 1;
      const alike = needles.get(window) ?? new Map<string, Secret>();
      needles.set(window, alike.set(form.slice(0, NEEDLE), secret));
    }
  }
  return (text) => searchIn(text, filter, needles);
}

/** As it is, and as it looks inside JSON, inside JSON inside JSON, and in a URL. */
function formsOf(value: string): Set<string> {
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    new URLSearchParams([["", value]]).toString().slice(1),
  ];
  return new Set(forms.filter((form) => form.length >= WINDOW));
}

/** A log full of leaks is bad enough: more than this is not looked for. */
const MAX_MATCHES = 10_000;

function searchIn(text: string, filter: Uint8Array, needles: Needles): Match[] {
  const found: Match[] = [];
  let hash = 0;
  for (let index = 0; index < text.length && found.length < MAX_MATCHES; index += 1) {
    hash = roll(hash, text.charCodeAt(index), index >= WINDOW ? text.charCodeAt(index - WINDOW) : 0);
    if (filter[hash >>> (32 - HASH_BITS)] === 0) continue;
    const start = index - WINDOW + 1;
    for (const [needle, secret] of needles.get(text.slice(start, index + 1)) ?? []) {
      if (text.startsWith(needle, start)) found.push({ secret, index: start });
    }
  }
  return found;
}

const BASE = 0x9e37_79b1;
const BASE_TO_WINDOW = Array.from({ length: WINDOW }).reduce<number>((power) => Math.imul(power, BASE), 1);

function roll(hash: number, enters: number, leaves: number): number {
  return (Math.imul(hash, BASE) + enters - Math.imul(leaves, BASE_TO_WINDOW)) | 0;
}

function hashOf(window: string): number {
  let hash = 0;
  for (let index = 0; index < window.length; index += 1) hash = roll(hash, window.charCodeAt(index), 0);
  return hash >>> (32 - HASH_BITS);
}
