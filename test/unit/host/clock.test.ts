import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { openSystemClock } from "../../../kiosk/host/clock.ts";

test("a machine that starts before its time service learns of it later, and asks no more after that", async () => {
  let asked = 0;
  const ask = async (): Promise<boolean> => {
    asked += 1;
    return asked > 2;
  };
  const clock = await openSystemClock({ ask, askAgainMs: 20 });
  expect(clock.quality().source).not.toBe("ntp");
  for (const endMs = performance.now() + 10_000; clock.quality().source !== "ntp"; await wait(5)) {
    if (performance.now() > endMs) throw new Error("it was never asked again");
  }
  expect(asked).toBe(3);
  // Counted from when it was found out.
  expect(clock.quality()).toMatchObject({ source: "ntp", ageS: 0 });
  await wait(60);
  clock.quality();
  expect(asked).toBe(3);
});
