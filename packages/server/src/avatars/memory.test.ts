import { readFileSync } from "node:fs";
import { spawnTestServer, TestClient } from "@tacit/testkit";
import { expect, test } from "vitest";
import { trySetting } from "./fixtures/people.ts";
import { anyPicture, BLUE, canvas } from "./fixtures/pictures.ts";

/** The most memory that a process has ever occupied, in MiB (Linux, proc(5)). */
function peakMemory(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

test("six pictures at once, as large as is allowed and in a format that has to be held whole, take the memory of one", async () => {
  // About 150 MiB, six times.
  const large = await canvas(7_000, 7_000, BLUE).png({ progressive: true, compressionLevel: 1 }).toBuffer();
  await using server = await spawnTestServer();
  const client = await TestClient.register(server);
  expect((await trySetting(client, await anyPicture())).status).toBe(200);
  const before = peakMemory(server.pid);
  const answers = await Promise.all(Array.from({ length: 6 }, () => trySetting(client, large)));
  // On a machine that is busy with other work one of them may take too long.
  for (const { status } of answers) expect([200, 503]).toContain(status);
  expect(peakMemory(server.pid) - before).toBeLessThan(450);
}, 120_000);
