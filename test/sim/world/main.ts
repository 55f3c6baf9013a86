import { parseArgs } from "node:util";
import { plant, plants } from "./plants.ts";
import { regressions } from "./regressions.ts";

/** Worlds in a process of their own, with a bug planted where one is named; says as JSON what came of them. */
const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "100" },
    seed: { type: "string" },
    replay: { type: "string" },
    plant: { type: "string" },
    shrink: { type: "boolean", default: false },
  },
});
const planted = plants.find(({ name }) => name === values.plant);
if (values.plant !== undefined && planted === undefined) throw new Error(`no plant is called "${values.plant}"`);
if (planted !== undefined) plant(planted);
// Only now, so that it is loaded as it was planted.
const { liveWorlds } = await import("./worlds.ts");
const verdict = await liveWorlds({
  worlds: Number(values.worlds),
  ...(values.seed !== undefined && { seed: Number(values.seed) }),
  ...(values.replay !== undefined && { replay: values.replay }),
  servesUnsynced: planted !== undefined && planted.edit === null,
  shrinks: values.shrink,
  ...(planted !== undefined && { first: regressions.map(({ plan }) => plan) }),
});
process.stdout.write(`${JSON.stringify(verdict)}\n`);
