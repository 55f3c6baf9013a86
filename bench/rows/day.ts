import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openDay, sentTo, type Weight } from "../../test/e2e/day.ts";
import { crowdOf, gather, visitsIn } from "../../test/e2e/day-people.ts";
import type { Row } from "../measure.ts";

const visitsOfDay = 4_000;
const hourMs = 3_600_000;
/** After it, every part of the program has been used, and the first shift has come. */
const earlyHour = 6;
/** The site's midnight. */
const startUtcMs = Date.UTC(2026, 10, 22, 23);

/**
 * A day of people at three shifts' wall, as fast as station, journal, server and browser go; what process and page hold
 * at its end against what they held after the first shift had come.
 */
export async function measure(): Promise<readonly Row[]> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const people = crowdOf();
  await using day = await openDay(people, startUtcMs, collect);
  const { next } = await gather(day, people);
  const endOf = async (hour: number): Promise<void> => {
    const visits = visitsIn(hour, visitsOfDay);
    const endMs = startUtcMs + (hour + 1) * hourMs;
    for (let left = visits; left > 0; left -= 1) {
      await next();
      await day.pass(Math.max(0, Math.round((endMs - day.clock.now().utcMs) / left)));
      if (left % 10 === 0) await day.drawn();
    }
    await day.drawn();
  };
  let early: Weight | null = null;
  for (let hour = 0; hour < 24; hour += 1) {
    await endOf(hour);
    if (hour === earlyHour) early = await day.weigh();
  }
  const late = await day.weigh();
  if (early === null) throw new Error("nothing was weighed");
  const { screenfuls, thanked, kept } = day.tally();
  const sent = await sentTo(day.page);
  if (sent < 0.95 * screenfuls) throw new Error(`${sent} of ${screenfuls} screenfuls reached the page`);
  if (thanked < kept) throw new Error(`${thanked} of ${kept} punches were thanked`);
  const what = `after a day of ${visitsOfDay.toLocaleString("en")} people, ${sent.toLocaleString("en")} screenfuls:`;
  return [
    growth(`${what} the process's heap`, late.heapMb, early.heapMb, "MB"),
    growth("the process's resident memory", late.residentMb, early.residentMb, "MB"),
    growth("the page's heap", late.pageHeapMb, early.pageHeapMb, "MB"),
    growth("the page's nodes", late.pageNodes, early.pageNodes, "x"),
    growth("the page's listeners", late.pageListeners, early.pageListeners, "x"),
  ];
}

function growth(what: string, ours: number, theirs: number, unit: Row["unit"]): Row {
  const ratio = ours / theirs;
  return {
    ...{ what, ours, theirs, unit, ratio, range: [ratio, ratio], reads: "cost", target: 1.2 },
    against: "after the first shift had come",
  };
}
