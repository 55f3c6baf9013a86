import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeskNews, Noted } from "../core/desk.ts";
import type { Condition } from "../core/technician.ts";
import type { TechnicianPage } from "../core/technician-view.ts";
import { createDoctorRun } from "./doctor.ts";
import { createGauges, type GaugeOptions, type Gauges } from "./gauges.ts";
import { createSeat } from "./seat.ts";

export interface TechnicianOptions extends Omit<GaugeOptions, "celsius"> {
  /** Settings that this process was started with, for the doctor. */
  readonly settings: readonly string[];
  /** What of the clock is shut on purpose. */
  readonly shut: () => Condition["shut"];
  readonly housing: () => Condition["housing"];
  /** The wall's server, once it is there. */
  readonly wall: () => {
    readonly url: string;
    /** Turns every browser that shows the wall to the technician's page. */
    readonly turn: () => void;
    readonly pages: () => number;
  };
}

/** What a technician sees of a running clock: figures of the last minutes, and what `lintel doctor` finds. */
export interface Technician extends Omit<Gauges, "condition" | "live"> {
  readonly condition: () => Condition;
  readonly page: TechnicianPage;
  /** Keeps the page open to whoever knows the code, until `gone` aborts or they leave it. */
  readonly attend: (onWall: boolean, tell: (news: DeskNews) => void, gone: AbortSignal) => Promise<Noted>;
}

export function createTechnician({ settings, wall, shut, housing, ...options }: TechnicianOptions): Technician {
  const gauges = createGauges({ ...options, celsius });
  const doctor = createDoctorRun(settings, () => options.clock.now().utcMs);
  const seat = createSeat({
    clock: options.clock,
    view: () => ({
      ...{ figures: gauges.live(), rooms: gauges.condition().rooms },
      ...{ findings: doctor.findings(), isLooking: doctor.isLooking(), lookedUtcMs: doctor.lookedUtcMs() },
    }),
    lookAgain: doctor.look,
  });
  return {
    ...gauges,
    condition: () => ({ ...gauges.condition(), shut: shut(), housing: housing(), pages: wall().pages() }),
    page: seat.page,
    attend: async (onWall, tell, gone) => {
      const ended = Promise.withResolvers<void>();
      const { code, close } = seat.open(ended.resolve);
      gone.addEventListener("abort", close, { once: true });
      if (gone.aborted) close();
      doctor.look();
      tell({ page: { url: new URL("/technician", wall().url).href, code } });
      if (onWall) wall().turn();
      await ended.promise;
      return { noted: "technician" };
    },
  };
}

const zones = "/sys/class/thermal";

/** Read where the kernel says it: asking anybody else takes a process each time. */
async function celsius(): Promise<number | null> {
  const names = (await readdir(zones).catch(() => [])).filter((name) => name.startsWith("thermal_zone"));
  const read = names.map((name) => readFile(join(zones, name, "temp"), "utf8").catch(() => ""));
  const milli = (await Promise.all(read)).map((text) => Number(text.trim() || Number.NaN));
  const known = milli.filter((value) => value > -40_000);
  return known.length === 0 ? null : Math.max(...known) / 1_000;
}
