import { expect, test } from "vitest";
import { openChance } from "../torture/chance.ts";
import { killEverything } from "../torture/kill.ts";
import { nothingLost, seedOf } from "../torture/verdict.ts";

test("EC-2 clock, broker, receiver and database killed at any moment under load: the sink has whoever was thanked, once", {
  timeout: 180_000,
}, async () => {
  const seed = seedOf();
  const { accepted, kills, healingMs, ...verdict } = await killEverything(openChance(seed), 8_000);
  expect(verdict, `seed ${seed}`).toMatchObject(nothingLost);
  expect(accepted).toBeGreaterThan(20);
  expect(kills.clock + kills.broker + kills.receiver + kills.database).toBeGreaterThan(2);
  expect(healingMs).toBeLessThan(60_000);
});
