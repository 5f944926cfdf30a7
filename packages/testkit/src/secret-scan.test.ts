import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileSearch, findLeaks } from "./secret-scan.ts";
import { isDistinctive, type Secret } from "./secrets.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tacit-scan-"));
  await mkdir(join(directory, "logs"));
  await mkdir(join(directory, "secrets"));
});

afterEach(() => rm(directory, { recursive: true }));

async function scan(log: string, ...secrets: Secret[]) {
  await writeFile(join(directory, "logs", "server.log"), log);
  await writeFile(
    join(directory, "secrets", "1.jsonl"),
    secrets.map((secret) => `${JSON.stringify(secret)}\n`).join(""),
  );
  return await findLeaks(join(directory, "logs"), join(directory, "secrets"));
}

test("a password in a log is found, with its line, and is not shown again", async () => {
  const log = 'first\n{"msg":"login of Tr0ub4dor&3 failed"}\nlast\n';
  const leaks = await scan(log, { kind: "password", value: "Tr0ub4dor&3" });
  expect(leaks).toEqual([
    { kind: "password", file: "server.log", line: 2, text: '{"msg":"login of [secret]' },
  ]);
});

test("a line with several secrets shows none of them", async () => {
  const secrets = ["Tr0ub4dor&3", "correct-Horse-battery"].map((value) => ({ kind: "password", value }));
  const leaks = await scan("Tr0ub4dor&3\nfrom Tr0ub4dor&3 to correct-Horse-battery\n", ...secrets);
  expect(leaks.map(({ line, text }) => [line, text])).toEqual([
    [1, "[secret]"],
    [2, "from [secret]"],
  ]);
});

test("a log without secrets is clean", async () => {
  expect(await scan("listening\nTr0ub4dor&\n", { kind: "password", value: "Tr0ub4dor&3" })).toEqual([]);
});

const message =
  '{"ciphertext":"W/Ws+Iy7L+UqoVKBboBsQ2FAfNgN4PSKIDu4nBO1JprVB2f3","nonce":"odYSwleuYwQxN3NG"}';

test.each([
  ["inside JSON", JSON.stringify({ body: message })],
  ["inside JSON inside JSON", JSON.stringify({ line: JSON.stringify({ body: message }) })],
  ["in a URL", `GET /?q=${encodeURIComponent(message)}`],
  ["cut short", `value "${message.slice(0, 40)}...`],
])("a message in a log is found %s", async (_, log) => {
  expect(await scan(log, { kind: "message", value: message })).toHaveLength(1);
});

test("a secret at the very beginning and one at the very end are found", async () => {
  const secrets = ["first-Secret", "last-Secret"].map((value) => ({ kind: "token", value }));
  expect(await scan("first-Secret and last-Secret", ...secrets)).toHaveLength(2);
});

test("secrets that begin alike are told apart", async () => {
  const secrets = ["same-beginning-1", "same-beginning-2"].map((value) => ({ kind: value, value }));
  expect((await scan("same-beginning-2", ...secrets)).map(({ kind }) => kind)).toEqual(["same-beginning-2"]);
});

test("twenty thousand secrets are looked for in eight megabytes within seconds", () => {
  const make = () => randomBytes(32).toString("base64");
  const secrets = Array.from({ length: 20_000 }, () => ({ kind: "token", value: make() }));
  const log = `${Array.from({ length: 180_000 }, make).join("\n")}\n${secrets[7_777]?.value}`;
  const started = performance.now();
  expect(compileSearch(secrets)(log)).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("words that a log may hold by chance are not taken for secrets", () => {
  for (const word of ["listening", "password", "short", "aaaaaaaaaaaaaaaa"])
    expect(isDistinctive(word)).toBe(false);
  for (const secret of ["Passw0rd", "a message to a friend", "W/Ws+Iy7"])
    expect(isDistinctive(secret)).toBe(true);
});
