import { expect, test } from "vitest";
import { interrupt } from "./interrupted.ts";

test("an update that is killed, at a stage or at any moment, leaves a version that works, and comes to its end", async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const counts = await interrupt(16, seed);
  // `node test/update/torture.ts 100` has the hundred.
  expect({ seed, ...counts }).toMatchObject({ kills: 16, working: 16, ended: counts.updates });
}, 240_000);
