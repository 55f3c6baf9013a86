/**
 * Whether every way in takes people equally long: whoever keeps their face to themselves must not pay for it with time. Sums
 * by day, of nobody: no visit, no person and no hour can be read in them.
 */

export type ComparedWay = "face" | "badge" | "pin" | "pass";
export const comparedWays: readonly ComparedWay[] = ["face", "badge", "pin", "pass"];

/** One way on one day. */
export interface WaySum {
  /** Visits that ended without a punch and with the wall saying why. */
  readonly refused: number;
  /** Visits that ended with a punch, by how long they took in steps of `stepMs`. */
  readonly took: Readonly<Record<string, number>>;
}

/** By local date, `2026-11-23`. */
export type WayBook = Readonly<Record<string, Readonly<Partial<Record<ComparedWay, WaySum>>>>>;

export const stepMs = 250;
/** A minute: whoever takes longer was doing something else. */
const stepsMax = 240;
/** So many days are compared, and kept. */
export const bookDays = 28;

const blank: WaySum = { refused: 0, took: {} };

/** @param tookMs from when the wall first reacted to somebody until their punch was durable. */
export function withPunch(book: WayBook, day: string, way: ComparedWay, tookMs: number): WayBook {
  const sum = book[day]?.[way] ?? blank;
  const step = String(Math.min(stepsMax, Math.max(0, Math.floor(tookMs / stepMs))));
  return withSum(book, day, way, { ...sum, took: { ...sum.took, [step]: (sum.took[step] ?? 0) + 1 } });
}

export function withRefusal(book: WayBook, day: string, way: ComparedWay): WayBook {
  const sum = book[day]?.[way] ?? blank;
  return withSum(book, day, way, { ...sum, refused: sum.refused + 1 });
}

/** The newest days alone are kept. */
function withSum(book: WayBook, day: string, way: ComparedWay, sum: WaySum): WayBook {
  const next = { ...book, [day]: { ...book[day], [way]: sum } };
  const days = Object.keys(next).sort().slice(-bookDays);
  return Object.fromEntries(days.map((one) => [one, next[one] ?? {}]));
}

export interface WayFigures {
  readonly way: ComparedWay;
  readonly punches: number;
  readonly refused: number;
  /** Half of the punches took at most so long, milliseconds; null where there were too few to speak of nobody. */
  readonly medianMs: number | null;
  /** Of the visits by this way, in [0, 1]; null where there were too few. */
  readonly refusedShare: number | null;
}

export interface EvenWays {
  readonly days: number;
  readonly ways: readonly WayFigures[];
  /** Ways that take clearly longer than a face does. */
  readonly slower: readonly ComparedWay[];
}

/** Fewer than this are a few people, and their median is one of them. */
const visitsMin = 20;
/** L6: more than half as long again; and so much that a step of the counting cannot be the reason. */
const timesMax = 1.5;
const clearlyMs = 2 * stepMs;

export function compareWays(book: WayBook): EvenWays {
  const ways = comparedWays.map((way) =>
    figuresOf(
      way,
      Object.values(book).flatMap((day) => day[way] ?? []),
    ),
  );
  const face = ways.find(({ way }) => way === "face")?.medianMs ?? null;
  const isSlower = ({ way, medianMs }: WayFigures): boolean =>
    way !== "face" && face !== null && medianMs !== null && medianMs > timesMax * face && medianMs - face >= clearlyMs;
  return { days: Object.keys(book).length, ways, slower: ways.filter(isSlower).map(({ way }) => way) };
}

function figuresOf(way: ComparedWay, sums: readonly WaySum[]): WayFigures {
  const counts = new Map<number, number>();
  for (const { took } of sums)
    for (const [step, count] of Object.entries(took)) counts.set(Number(step), (counts.get(Number(step)) ?? 0) + count);
  const punches = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const refused = sums.reduce((sum, one) => sum + one.refused, 0);
  const visits = punches + refused;
  return {
    ...{ way, punches, refused },
    medianMs: punches < visitsMin ? null : medianOf(counts, punches),
    refusedShare: visits < visitsMin ? null : refused / visits,
  };
}

/** The end of the step in which the middle one lies. */
function medianOf(counts: ReadonlyMap<number, number>, punches: number): number {
  let before = 0;
  for (const [step, count] of [...counts].sort(([a], [b]) => a - b)) {
    before += count;
    if (2 * before >= punches) return (step + 1) * stepMs;
  }
  throw new RangeError("a median of nothing");
}
