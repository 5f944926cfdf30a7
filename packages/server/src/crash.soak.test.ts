import { runCrashCycles } from "@tacit/testkit";
import { expect, test } from "vitest";

test("after a hundred crashes of server, database and both nothing acknowledged is missing, doubled or out of order", async () => {
  const report = await runCrashCycles(100, (cycle, victim) =>
    console.log(`crash ${cycle + 1} of 100: ${victim}`),
  );
  expect(report).toMatchObject({ missing: [], doubled: [], reordered: [] });
  expect(report.acknowledged).toBeGreaterThan(10_000);
});
