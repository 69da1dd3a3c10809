import { availableParallelism } from "node:os";
import process from "node:process";
import { defineConfig } from "vitest/config";

const isLong = process.env.OCW_LONG === "1";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // A process of its own per file: tests start servers, change the environment and kill what they started.
    pool: "forks",
    maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests with "(long)" in their names run only when asked for.
    ...(isLong ? {} : { testNamePattern: /^(?!.*\(long\))/ }),
  },
});
