// Adds up reports of vitest's reporter `json` and prints one line: N passed, N failed, N skipped
// Usage: node .ci/summary.mjs REPORT...
import { readFileSync } from "node:fs";

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const path of process.argv.slice(2)) {
  for (const file of JSON.parse(readFileSync(path, "utf8")).testResults) {
    const outcomes = file.assertionResults.map(({ status }) => status);
    const failed = outcomes.filter((outcome) => outcome === "failed").length;
    const passed = outcomes.filter((outcome) => outcome === "passed").length;
    totals.passed += passed;
    // A file can fail with none of its tests: when it cannot be loaded, or in a hook. That counts as one.
    totals.failed += file.status === "failed" ? Math.max(failed, 1) : failed;
    totals.skipped += outcomes.length - passed - failed;
  }
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
