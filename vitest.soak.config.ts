import { mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** What takes too long for every commit: one file after another, with time. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: ["**/node_modules/**", "**/dist/**"] } },
  {
    test: {
      include: ["packages/*/src/**/*.soak.test.ts", "bench/src/**/*.soak.test.ts"],
      maxWorkers: 1,
      testTimeout: 30 * 60_000,
      hookTimeout: 60_000,
    },
  },
);
