import { expect, test } from "vitest";
import { regressions } from "./world/regressions.ts";
import { liveWorld } from "./world/world.ts";
import { liveWorlds } from "./world/worlds.ts";

/**
 * Whole lives of a clock and its receivers in virtual time, with misfortunes of every kind. More of them, or one of them
 * again: LINTEL_WORLDS=5000, LINTEL_WORLD=SEED:PATH (a failure prints it).
 */

const { LINTEL_WORLDS, LINTEL_WORLD: replay } = process.env;
const worlds = LINTEL_WORLDS ?? "200";
/** Always the same worlds in CI; others, and other ones each time, for whoever asks for more. */
const seed = LINTEL_WORLDS === undefined ? { seed: 21 } : {};

test("whatever happens, every accepted punch is stored once, and nothing that was promised is broken", {
  timeout: 60_000 + 1_000 * Number(worlds),
}, async () => {
  const { tally, broken } = await liveWorlds({
    worlds: Number(worlds),
    ...seed,
    ...(replay !== undefined && { replay }),
  });
  const hours = Math.round(tally.virtualMs / 3_600_000);
  const { accepted, records, deaths, losses, forgotten } = tally;
  process.stdout.write(
    `${tally.worlds} worlds, ${tally.events} events in ${hours} virtual hours: ${accepted} thanked, ${records} records, ` +
      `${deaths} deaths, ${losses} losses declared, ${forgotten} forgotten with leave\n`,
  );
  const { plan, ...what } = broken ?? {};
  expect(
    broken,
    `${JSON.stringify(what, null, 2)}\n${plan?.acts.map((act) => JSON.stringify(act)).join("\n")}`,
  ).toBeNull();
  if (replay !== undefined) return;
  // A world in which nothing happens proves nothing.
  expect(Math.min(accepted, records, deaths, losses, forgotten)).toBeGreaterThan(0);
});

test.for(regressions)("once broken, and never again: $was", { timeout: 60_000 }, async ({ plan }) => {
  expect((await liveWorld(plan)).violation).toBeNull();
});
