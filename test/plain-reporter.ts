import type { Reporter, TestModule } from "vitest/node";

/** Prints the one plain closing line that a build server, or a person in a hurry, reads: `N passed, N failed`. */
export default class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") count.passed += 1;
        else if (state === "failed") count.failed += 1;
        else count.skipped += 1;
      }
      // A file that does not even load has no tests of its own, and must not look green.
      if (module.state() === "failed" && count.failed === 0) count.failed += 1;
    }
    count.failed = Math.max(count.failed, errors.length > 0 ? 1 : 0);
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  }
}
