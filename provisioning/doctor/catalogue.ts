import { ofClock } from "./catalogue-clock.ts";
import { ofMachine } from "./catalogue-machine.ts";

/**
 * Every code that `lintel doctor` may end a finding with, and what to do about it: docs/doctor.md is printed from this
 * list. In the order in which things have to be mended, because what stands further down often only follows.
 */

export const areas = [
  "power",
  "storage",
  "time",
  "camera",
  "reader",
  "housing",
  "models",
  "journal",
  "certificate",
  "broker",
  "screen",
  "services",
] as const;
export type Area = (typeof areas)[number];

export interface Entry {
  readonly area: Area | "everywhere";
  /** What is the matter, in one sentence. */
  readonly says: string;
  /** What to do, in one sentence or two. */
  readonly remedy: string;
}

const entries = { ...ofMachine, ...ofClock } as const satisfies Readonly<Record<string, Entry>>;

export type DoctorCode = keyof typeof entries;

export const catalogue: Readonly<Record<DoctorCode, Entry>> = entries;

export const remedyOf = (code: DoctorCode): string => catalogue[code].remedy;
export const areaOf = (code: DoctorCode): string => catalogue[code].area;

/** The table of docs/doctor.md. */
export function cataloguePage(): string {
  const row = ([code, { area, says, remedy }]: readonly [string, Entry]): string =>
    `| \`${code}\` | ${area} | ${says} | ${remedy.replaceAll("|", "\\|")} |`;
  return [
    "| code | area | what is the matter | what to do |",
    "|---|---|---|---|",
    ...Object.entries(catalogue).map(row),
  ].join("\n");
}
