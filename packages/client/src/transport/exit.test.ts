import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { startTestServer, TestClient } from "@tacit/testkit";
import { build } from "vite";
import { expect, it, onTestFinished } from "vitest";

it("a program that has closed its connection ends", async () => {
  await using server = await startTestServer();
  const { refreshToken = "" } = await TestClient.register(server);
  const code = await bundle();
  const program = spawn(process.execPath, ["--input-type=module", "-", server.url, refreshToken], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void program.kill("SIGKILL"));
  program.stdin.end(code);
  // Any timer that is left would hold it for 25 s, which is longer than a test may take.
  const [output, [exitCode]] = await Promise.all([text(program.stdout), once(program, "exit")]);
  expect({ output, exitCode }).toEqual({ output: "closed\n", exitCode: 0 });
});

/** A program as Node.js runs it, without a build of the packages. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    resolve: { conditions: ["source", "module", "node"] },
    build: { write: false, ssr: new URL("./fixtures/program.ts", import.meta.url).pathname },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (!output || !("output" in output)) throw new Error("nothing was built");
  return output.output[0].code;
}
