import { expect, test } from "vitest";
import { brokerForgets, queueOverflows, retryMs, workerDies } from "../torture/broker-loses.ts";
import { openChance } from "../torture/chance.ts";
import { nothingLost, seedOf } from "../torture/verdict.ts";

/** The cases that decided that only a receipt counts, and never a broker's word. */

const twoPeriodsMs = 2 * retryMs;

test("a broker that confirmed 1,000 records and is killed delivers none of them, and the sink has them all", async () => {
  const { promised, delivered, healingMs, ...verdict } = await brokerForgets(1_000);
  expect(promised).toBeGreaterThanOrEqual(1_000);
  // As measured on mosquitto 2.0.11 with persistence: nothing is saved before its interval is over.
  expect(delivered).toBeLessThan(1_000);
  expect(verdict).toMatchObject(nothingLost);
  expect(healingMs).toBeLessThan(twoPeriodsMs);
});

test("a broker that confirmed 5,000 records and holds 1,000 of them loses nothing for the sink", {
  timeout: 120_000,
}, async () => {
  const { promised, delivered, healingMs, ...verdict } = await queueOverflows(5_000);
  expect(promised).toBeGreaterThanOrEqual(5_000);
  // Its queue, and the few that it had on their way already.
  expect(delivered).toBeLessThan(1_100);
  expect(verdict).toMatchObject(nothingLost);
  expect(healingMs).toBeLessThan(twoPeriodsMs);
});

test("one of three receivers that share the records is killed in mid-stream: what it held comes again", {
  timeout: 120_000,
}, async () => {
  const seed = seedOf();
  const { healingMs, ...verdict } = await workerDies(openChance(seed), 3_000);
  expect(verdict, `seed ${seed}`).toMatchObject(nothingLost);
  expect(healingMs).toBeLessThan(twoPeriodsMs);
});
