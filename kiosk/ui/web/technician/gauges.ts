import type { Gauge } from "../../../core/technician-view.ts";

/** What a series is, in which unit, and what is normal for it. */
export interface Drawn {
  readonly gauge: Gauge;
  readonly name: string;
  readonly unit: string;
  /** What one expects to see; the band behind the line. */
  readonly normal: readonly [number, number];
  readonly digits: number;
}

export const drawn: readonly Drawn[] = [
  { gauge: "framesPerS", name: "Pictures", unit: "per second", normal: [8, 31], digits: 1 },
  { gauge: "lookMs", name: "Slowest look", unit: "ms", normal: [0, 250], digits: 0 },
  { gauge: "celsius", name: "Temperature", unit: "°C", normal: [0, 75], digits: 0 },
  { gauge: "waiting", name: "Punches without receipt", unit: "waiting", normal: [0, 20], digits: 0 },
  { gauge: "commitMs", name: "Slowest commit", unit: "ms", normal: [0, 50], digits: 1 },
  { gauge: "lagS", name: "Oldest without receipt", unit: "s", normal: [0, 60], digits: 0 },
];

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export const width = 300;
export const height = 72;

/** The greatest value that fits: the normal band whole, and whatever was beyond it. */
export const topOf = (values: readonly (number | null)[], { normal: [, most] }: Drawn): number =>
  Math.max(most * 1.15, ...values.map((value) => value ?? 0)) || 1;

/** Runs of values that follow one another, as spots of the drawing; a gap stays a gap. The newest stands at the right. */
export function runsOf(values: readonly (number | null)[], of: number, top: number): readonly (readonly Spot[])[] {
  const runs: Spot[][] = [[]];
  values.forEach((value, at) => {
    const x = width - ((values.length - 1 - at) * width) / Math.max(1, of - 1);
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ x, y: height - (height * Math.max(0, value)) / top });
  });
  return runs.filter((run) => run.length > 0);
}

export const pathOf = (run: readonly Spot[]): string => {
  const [first] = run;
  // One value alone would draw nothing.
  if (first !== undefined && run.length === 1) return `M${(first.x - 2).toFixed(1)},${first.y.toFixed(1)}h2`;
  return run.map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
};
