import { availableParallelism } from "node:os";
import process from "node:process";
import { defineConfig } from "vitest/config";

const isLong = process.env.OCW_LONG === "1";
// The engine is started many times, each time in a process of its own: this spares it reading its TypeScript.
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/node_modules/.cache/compiled`;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // A process of its own per file: tests start servers, change the environment and kill what they started.
    pool: "forks",
    // One more than there are cores, since those who wait for real servers leave theirs idle.
    maxWorkers: Math.min(4, 1 + availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests with "(long)" in their names run only when asked for.
    ...(isLong ? {} : { testNamePattern: /^(?!.*\(long\))/ }),
  },
});
