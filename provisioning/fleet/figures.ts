import type { JournalKind } from "./journals.ts";

/** How a fleet is doing. */
export interface Figures {
  readonly forS: number;
  readonly kiosks: number;
  readonly journals: JournalKind;
  readonly online: number;
  /** Births since the beginning; the busiest second shows whether everybody came at once. */
  readonly connects: { readonly all: number; readonly mostInOneSecond: number };
  /** That a journal promised. */
  readonly punches: number;
  /** That a journal could not take: nobody was thanked for them. */
  readonly refused: number;
  readonly receipted: number;
  /** Promised and not receipted: after the drain these are losses. */
  readonly owed: number;
  /** From the journal's promise to the receipt. Null before the first. */
  readonly lagMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /** Of the kiosks with a gauge, since people began to punch: everything, also statuses, confirms and keep-alive. */
  readonly perPunch: {
    readonly messagesUp: number;
    readonly messagesDown: number;
    readonly bytesUp: number;
    readonly bytesDown: number;
  };
  /** This process, all its kiosks: in percent of one core while people punched, and resident. */
  readonly cpuPercent: number;
  readonly rssMb: number;
  /** What a thousand kiosks add to it. Null where there are too few to say. */
  readonly perThousand: { readonly cpuPercent: number; readonly rssMb: number } | null;
  /** Kiosks by the code of what troubles them. */
  readonly troubles: Readonly<Record<string, number>>;
}

export function lineOf(figures: Figures): string {
  const { forS, online, kiosks, punches, receipted, owed, troubles } = figures;
  const trouble = Object.entries(troubles).map(([code, count]) => `, ${count} ${code}`);
  return `${forS} s: ${online} of ${kiosks} online, ${punches} punches, ${receipted} receipted, ${owed} owed, lag ${lagOf(figures)}${trouble.join("")}`;
}

export function summaryOf(figures: Figures): string {
  const { kiosks, journals, connects, punches, refused, receipted, owed, perPunch, perThousand } = figures;
  const cost = (of: { readonly cpuPercent: number; readonly rssMb: number }): string =>
    `${of.cpuPercent.toFixed(1)} % of one core, ${of.rssMb.toFixed(0)} MiB`;
  return [
    `${kiosks} kiosks, journals ${journals === "disk" ? "on disk" : "in memory"}, ${connects.all} connections, at most ${connects.mostInOneSecond} in one second`,
    `${punches} punches, ${receipted} receipted, ${refused} refused by a journal, ${owed} lost`,
    `lag ${lagOf(figures)}`,
    `per punch: ${perPunch.messagesUp.toFixed(2)} messages up, ${perPunch.messagesDown.toFixed(2)} down, ${perPunch.bytesUp.toFixed(0)} bytes up, ${perPunch.bytesDown.toFixed(0)} down`,
    `this process: ${cost(figures)}${perThousand === null ? "" : `; per 1,000 kiosks: ${cost(perThousand)}`}`,
  ].join("\n");
}

function lagOf({ lagMs }: Figures): string {
  if (lagMs === null) return "unknown";
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  return `p50 ${seconds(lagMs.p50)} p95 ${seconds(lagMs.p95)} max ${seconds(lagMs.max)} s`;
}
