import { type FloodOutcome, flooded, type Quickness } from "../../test/torture/flood.ts";
import { bound, type Row } from "../measure.ts";

const perS = 10_000;
/** Below this nobody sees a difference, and a ratio of two small numbers is the scheduler's. */
const floorMs = 10;

/** The page in a flood of garbage on every topic that the clock hears, against the same page in peace. */
export async function measure(): Promise<readonly Row[]> {
  const outcome = await flooded({ perS, rounds: 3, samples: 200 });
  const [before, after] = outcome.residentMb;
  return [
    row("page in a flood of 10,000 messages/s, p99 of GET /", outcome, ({ pageMs }) => pageMs),
    row("touch to redraw in the same flood, p99", outcome, ({ touchMs }) => touchMs),
    bound("memory that the flood leaves behind", Math.max(0, after - before), 50, "MB"),
  ];
}

/** Best of the rounds on either side: what else the machine does is nobody's doing here. */
function row(what: string, { idle, flooded: wet }: FloodOutcome, of: (quickness: Quickness) => number): Row {
  const theirs = Math.max(floorMs, Math.min(...idle.map(of)));
  const ours = Math.max(floorMs, Math.min(...wet.map(of)));
  const ratios = wet.map((round) => Math.max(floorMs, of(round)) / theirs);
  return {
    ...{
      what,
      ours,
      theirs,
      against: `the same in peace, at least ${floorMs} ms`,
      unit: "ms",
      reads: "cost",
      target: 2,
    },
    ratio: ours / theirs,
    range: [Math.min(...ratios), Math.max(...ratios)],
  };
}
