import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ERROR_ADVICE, type ErrorAction } from "./index.ts";

const CODES = Object.keys(ERROR_ADVICE);
const SOURCES = new URL("./", import.meta.url);

it("what a person is told is a plain sentence, without code or jargon", () => {
  for (const { sentence } of Object.values(ERROR_ADVICE)) {
    expect(sentence).toMatch(/^[A-Z][^_`<>]*\.$/);
    expect(sentence.length).toBeLessThanOrEqual(110);
  }
});

it("the README lists every code under what a program does about it", () => {
  const readme = readFileSync(new URL("../README.md", SOURCES), "utf8");
  const actions: readonly ErrorAction[] = ["retry", "ask", "sign_in", "tell", "report"];
  for (const action of actions) {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${action}\` |`)) ?? "";
    const listed = [...(row.split("|")[3] ?? "").matchAll(/`(\w+)`/g)].map(([, code]) => code);
    expect(listed.sort()).toEqual(CODES.filter((code) => action === adviceOf(code)).sort());
  }
});

it("a doc comment that says what is thrown names codes that exist", () => {
  const named = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .flatMap((path) =>
      codesThrown(readFileSync(new URL(path, SOURCES), "utf8")).map((code) => ({ path, code })),
    );
  expect(named).toContainEqual({ path: "account/sign-in.ts", code: "weak_kdf" });
  expect(named.filter(({ code }) => !CODES.includes(code))).toEqual([]);
});

function adviceOf(code: string): string | undefined {
  return Object.entries(ERROR_ADVICE).find(([known]) => known === code)?.[1].action;
}

/** Everything in backquotes behind `TacitError` or `CryptoError` in an `@throws` that looks like a code, up to the end of its sentence. */
function codesThrown(source: string): string[] {
  const comments = source.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments
    .flatMap((comment) => comment.split("@throws").slice(1))
    .flatMap(
      (text) =>
        text.match(/(?:Tacit|Crypto)Error(?:[\s*]+`[a-z_]+`[,;]?(?:[\s*]+(?:and|or)(?=[\s*]+`))?)+/g) ?? [],
    )
    .flatMap((list) => [...list.matchAll(/`([a-z_]+)`/g)].map(([, code = ""]) => code));
}
