import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

/** Workspace packages are tested from their sources, without a build. */
const conditions = ["source", ...defaultServerConditions];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Vitest's own environment: the global setup runs in it.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "bench/src/**/*.test.ts"],
    exclude: ["**/*.soak.test.ts", "**/node_modules/**", "**/dist/**"],
    globalSetup: "packages/testkit/src/global-setup.ts",
    server: { deps: { inline: [/@tacit\//] } },
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    // Browsers on a machine that is busy take more than the second that is the default.
    expect: { poll: { timeout: 15_000 } },
    // Files with a browser wait for each other: see startWebTown.
    hookTimeout: 600_000,
    teardownTimeout: 30_000,
    allowOnly: false,
    retry: 0,
  },
});
