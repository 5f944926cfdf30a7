import { runCrashCycles } from "@tacit/testkit";
import { expect, test } from "vitest";

test("after ten crashes of server, database and both nothing acknowledged is missing, doubled or out of order", async () => {
  const report = await runCrashCycles(10, () => {});
  expect(report).toMatchObject({ missing: [], doubled: [], reordered: [] });
  expect(report.acknowledged).toBeGreaterThan(1000);
}, 240_000);
