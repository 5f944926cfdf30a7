import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { filesIn, freshDirectory, openStore } from "./fixtures/store.ts";

/** Receives what comes on its standard input. The build is there: the setup of every run makes it. */
const RECEIVER = `
  const { diskBlobs } = await import(process.argv[1]);
  const blobs = await diskBlobs(process.argv[2]);
  await blobs.receive(process.stdin, 100_000_000);
`;
const BUILT = new URL("../../dist/blobs/disk.js", import.meta.url).href;

test("a process that is killed while a file comes in leaves nothing, once there is another", async () => {
  const directory = await freshDirectory();
  const child = spawn(process.execPath, ["--input-type=module", "-e", RECEIVER, BUILT, directory], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  const exited = once(child, "exit");
  child.stdin.write(Buffer.alloc(3_000_000));
  await vi.waitFor(
    async () => {
      const [file] = await filesIn(directory);
      expect(file).toBeDefined();
      expect((await stat(join(directory, String(file)))).size).toBeGreaterThan(1_000_000);
    },
    { timeout: 15_000, interval: 20 },
  );
  child.stdin.on("error", () => undefined);
  child.kill("SIGKILL");
  await exited;
  expect(await filesIn(directory)).toHaveLength(1);
  await openStore(directory);
  expect(await filesIn(directory)).toEqual([]);
});
