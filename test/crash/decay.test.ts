import { expect, test } from "vitest";
import { openChance } from "../torture/chance.ts";
import { rot } from "../torture/rot.ts";
import { seedOf } from "../torture/verdict.ts";

test("the log cut anywhere and bits flipped in log and file: what is missing is declared, what verifies is kept", {
  timeout: 120_000,
}, async () => {
  const seed = seedOf();
  const { silent, accepted } = await rot(openChance(seed), 40);
  expect(silent, `seed ${seed}`).toEqual([]);
  expect(accepted).toBeGreaterThan(100);
});
