import { expect } from "vitest";

/**
 * To vitest a pattern inside an expected object is an object without members, and every text has those: such a check can
 * never fail. Here it always does, so that its author writes `expect.stringMatching`.
 */
expect.addEqualityTesters([
  (received, expected) => (expected instanceof RegExp && !(received instanceof RegExp) ? false : undefined),
]);
