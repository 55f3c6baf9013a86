import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["./test/honest-patterns.ts"],
    reporters: ["default", "./test/plain-reporter.ts"],
    // Real processes, models and browsers: generous for a slow board, still bounded.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two files at a time: the machine this is meant for has few cores, and latency assertions need them.
    maxWorkers: 2,
  },
});
