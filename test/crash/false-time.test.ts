import { expect, test } from "vitest";
import { falseTimes, throughTime } from "../torture/false-time.ts";
import { nothingLost } from "../torture/verdict.ts";

test("ten years on, ten years back, 1970 and both edges of summer time: order, ids and receipts stay right", {
  timeout: 240_000,
}, async () => {
  const outcome = await throughTime(Object.keys(falseTimes), ["1970"]);
  expect(outcome).toMatchObject(nothingLost);
  expect(outcome.disordered).toEqual([]);
  // Nobody is locked out: `throughTime` waits for punches and their receipts in every one of them.
  for (const name of Object.keys(falseTimes)) expect(outcome.punches[name], name).toBeGreaterThan(0);
  // What the wall can say: the uplink's trouble, and in each record that nobody vouches for the time.
  expect(outcome.troubles).toContain("clock-wrong");
  expect(outcome.weak["1970"]).toBe(outcome.punches["1970"]);
  expect(outcome.fixes).toBeGreaterThan(0);
  expect(outcome.wrongFixes).toEqual([]);
  // The local time names its offset: the hour that comes twice is told apart, and the one that is left out never appears.
  const hour = (name: string) =>
    new Set(outcome.locals[name]?.map((local) => `${local.slice(11, 13)}${local.slice(-6)}`));
  expect(hour("the hour that comes twice")).toEqual(new Set(["02+02:00", "02+01:00"]));
  expect(hour("the hour that is left out")).toEqual(new Set(["01+01:00", "03+02:00"]));
  expect(new Set(Object.values(outcome.locals).flat()).size).toBe(Object.values(outcome.locals).flat().length);
});
