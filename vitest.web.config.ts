import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** What is looked at rather than passed: the web app's screenshots and its budgets. Needs Chromium. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  {
    test: {
      include: ["packages/web/src/measure/*.measure.ts"],
      maxWorkers: 1,
      testTimeout: 10 * 60_000,
      hookTimeout: 120_000,
    },
  },
);
