// Adds up reports of vitest's reporter `json`: a line for each test that failed, and last N passed, N failed, N skipped
// Usage: node .ci/summary.mjs REPORT...
import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";

/** What a test that failed said first is enough to know it again; the whole stands further up in the log. */
const LONGEST_REASON = 200;

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const path of process.argv.slice(2)) {
  for (const file of JSON.parse(readFileSync(path, "utf8")).testResults) {
    const outcomes = file.assertionResults.map(({ status }) => status);
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    const passed = outcomes.filter((outcome) => outcome === "passed").length;
    totals.passed += passed;
    // A file can fail with none of its tests: when it cannot be loaded, or in a hook. That counts as one.
    totals.failed += file.status === "failed" ? Math.max(failed.length, 1) : failed.length;
    totals.skipped += outcomes.length - passed - failed.length;
    const where = `${basename(path, ".json")}: ${relative(process.cwd(), file.name)}`;
    for (const { fullName, failureMessages } of failed) failures.push([where, fullName, failureMessages[0]]);
    if (file.status === "failed" && failed.length === 0)
      failures.push([where, "the file itself", file.message]);
  }
}
for (const [where, name, reason = ""] of failures)
  console.log(`failed in ${where}: ${name}: ${reason.split("\n", 1)[0].slice(0, LONGEST_REASON)}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
