import type { Part } from "./at-the-wall.ts";
import { reach } from "./bounds.ts";

/** What no camera sees: taken with a tape measure, in millimetres. */
export async function measureReach({ wall, ask, keep }: Part): Promise<void> {
  ask.tell(
    `Reach, with a tape measure: everything that is touched belongs between ${reach.lowestMm} and ${reach.highestMm} mm above the floor.`,
  );
  const mm = (what: string, max = 3_000): Promise<number> => ask.number(what, 0, max);
  const topMm = await mm("Highest place on the screen that is touched, mm above the floor");
  const bottomMm = await mm("Lowest place that is touched, mm above the floor");
  const readerMm = await mm("Middle of the badge reader, mm above the floor (0: there is none)");
  const floorWideMm = await mm("Free floor before the clock, side by side, mm", 5_000);
  const floorDeepMm = await mm("Free floor before the clock, towards the wall, mm", 5_000);
  const isOneHanded = await ask.isSo("Can everything be done with one hand, without gripping or twisting?");
  await keep({ reach: { ...wall.noted(), topMm, bottomMm, readerMm, floorWideMm, floorDeepMm, isOneHanded } });
}
