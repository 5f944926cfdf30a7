import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startTestServer, type TestServer } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const EXAMPLES = new URL("../examples/", import.meta.url);
const run = promisify(execFile);

let server: TestServer;
let readme: string;
beforeAll(async () => {
  server = await startTestServer();
  readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  // The first one builds what the others need.
  await run("npm", ["run", "--silent", "example"], { cwd: ROOT }).catch(() => undefined);
}, 180_000);
afterAll(() => server.close());

it("the README prints the examples as they are", async () => {
  const names = (await readdir(EXAMPLES)).filter((name) => name !== "run.mjs");
  for (const name of names) {
    const code = await readFile(new URL(name, EXAMPLES), "utf8");
    expect(readme, name).toContain(`<!-- examples/${name} -->\n\n\`\`\`js\n${code}\`\`\`\n`);
  }
});

it.each(["two-people", "files", "new-device", "trust-and-search"])(
  "the example %s prints what the README says, twice",
  async (name) => {
    for (const _ of ["on a fresh server", "and on one that has seen it"])
      expect(await output("npm", ["run", "--silent", "example", "--", name, server.url])).toEqual(
        expect.stringMatching(asPrinted(`$ npm run example -- ${name}`)),
      );
  },
  90_000,
);

it("the echo bot answers, goes on after a restart, and answers what came while it was away", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tacit-echo-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const first = startBot(directory);
  const username = await first.listening;
  const say = (words: string) => output(process.execPath, [script(), "say", username, words, server.url]);
  expect(await say("Hello?")).toBe("Echo answers: Hello?\n");
  first.process.kill("SIGTERM");
  expect(await first.ended).toMatch(asPrinted("$ npm run example -- echo-bot"));

  const before = await storedMessages();
  const answer = say("Still there?");
  await expect.poll(storedMessages, { timeout: 30_000 }).toBe(before + 1);
  const second = startBot(directory, "--once");
  expect(await second.listening).toBe(username);
  expect(await second.ended).toBe(`Listening as ${username}\nAnswered Carol\nStopped\n`);
  expect(await answer).toBe("Echo answers: Still there?\n");
}, 90_000);

const script = () => fileURLToPath(new URL("run.mjs", EXAMPLES));

async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { cwd: ROOT });
  return stdout;
}

function startBot(directory: string, ...options: readonly string[]) {
  const args = [script(), "echo-bot", server.url, "--directory", directory, ...options];
  const bot = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void bot.kill("SIGKILL"));
  let printed = "";
  const ended = once(bot, "close").then(() => printed);
  const listening = new Promise<string>((resolve, reject) => {
    bot.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      printed += chunk;
      const [, username] = /^Listening as (.+)\n/m.exec(printed) ?? [];
      if (username !== undefined) resolve(username);
    });
    void ended.then(() => reject(new Error("The bot ended before it listened.")));
  });
  return { process: bot, listening, ended };
}

async function storedMessages(): Promise<number> {
  const [row] = await server.sql`SELECT count(*)::int AS stored FROM messages`;
  return Number(row?.stored);
}

/** What the README shows below a command; `…` stands for what differs each time. */
function asPrinted(command: string): RegExp {
  const shown = readme.split(`\`\`\`console\n${command}\n`)[1]?.split("```")[0];
  if (shown === undefined) throw new Error(`The README does not show ${command}`);
  const escaped = shown.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("…", ".+");
  return new RegExp(`^${escaped}$`);
}
