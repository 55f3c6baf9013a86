import { expect, test } from "vitest";
import { decidingPlans, interrupt } from "./interrupted.ts";

/** A hundred, at any stage and any moment: `node test/update/torture.ts 100`. */
test("an update that is killed around a write that decides leaves a version that works, and comes to its end", async () => {
  const counts = await interrupt(10, decidingPlans());
  expect(counts).toMatchObject({ kills: 10, working: 10, updates: 10, ended: 10, bad: [] });
}, 240_000);
