import { describe, test } from "vitest";
import { openChance } from "../torture/chance.ts";
import { badWeek, far, halfOpen, lossy } from "../torture/network.ts";
import { nothingLost, seedOf } from "../torture/verdict.ts";

// They mostly wait, so they wait together.
describe.concurrent("a clock behind a bad cable", { timeout: 480_000 }, () => {
  test("with nine of ten segments lost makes progress all the same, and nothing is missing", async ({ expect }) => {
    const seed = seedOf();
    const { segments, ...verdict } = await lossy(openChance(seed).next, 0.9, 3);
    expect(verdict, `seed ${seed}`).toMatchObject(nothingLost);
    expect(segments.lost).toBeGreaterThan(segments.all);
  });

  test("that takes five seconds there and back is receipted with its usual patience, on one connection", async ({
    expect,
  }) => {
    const { connections, ...verdict } = await far(Math.random, 5_000);
    expect(verdict).toMatchObject(nothingLost);
    expect(connections).toBe(1);
  });

  test.for(["to-broker", "to-clock"] as const)(
    "of which one half is dead (%s) notices while it sends, and comes back",
    async (direction, { expect }) => {
      const { noticedMs, connections, ...verdict } = await halfOpen(Math.random, direction);
      expect(verdict).toMatchObject(nothingLost);
      // Twenty seconds without a PUBACK, a look at the watch every second, and a busy machine.
      expect(noticedMs).toBeLessThan(30_000);
      expect(connections).toBeGreaterThan(1);
    },
  );

  test("that loses, swallows, is cut and is far in turn brings everything that was thanked for, once", async ({
    expect,
  }) => {
    const seed = seedOf();
    const verdict = await badWeek(openChance(seed), 8_000);
    expect(verdict, `seed ${seed}`).toMatchObject(nothingLost);
  });
});
