import { missedAtLeast } from "./served.ts";
import type { Way } from "./way.ts";

/**
 * Whether every way in takes people equally long: whoever keeps their face to themselves must not pay for it with time, or by
 * being turned away. Sums by day and way, of nobody: no person and no hour can be read in them. way-visit.ts says what one
 * visit is. Pure.
 */

/** One way on one day. */
export interface WaySum {
  /** Visits that ended without a punch, or whose face was missed. */
  readonly refused: number;
  /** Visits that ended with a punch, by how long they took (`stepOf`). */
  readonly took: Readonly<Record<string, number>>;
  /** How many different people they were at least; who, is known to nobody. */
  readonly people: number;
}

/** By local date, `2026-11-23`. */
export type WayBook = Readonly<Record<string, Readonly<Partial<Record<Way, WaySum>>>>>;

/** So many days are kept, today among them. */
export const bookDays = 28;

/** Eight steps to each doubling: a time is known to within 5 % either way. */
const stepsPerDoubling = 8;
/** Ten minutes: whoever takes longer was doing something else. */
const longestMs = 600_000;

const stepOf = (tookMs: number): number =>
  Math.floor(stepsPerDoubling * Math.log2(Math.min(longestMs, Math.max(1, tookMs))));
const middleOf = (step: number): number => Math.round(2 ** ((step + 0.5) / stepsPerDoubling));

const blank: WaySum = { refused: 0, took: {}, people: 0 };

/** @param people how many came this way today, as far as somebody knows; a restart begins to count them anew. */
export function withServed(book: WayBook, day: string, way: Way, tookMs: number, people: number): WayBook {
  const { took, ...sum } = book[day]?.[way] ?? blank;
  const step = String(stepOf(tookMs));
  const counted = { ...took, [step]: (took[step] ?? 0) + 1 };
  return withSum(book, day, way, { ...sum, took: counted, people: Math.max(sum.people, people) });
}

export function withRefusal(book: WayBook, day: string, way: Way): WayBook {
  const sum = book[day]?.[way] ?? blank;
  return withSum(book, day, way, { ...sum, refused: sum.refused + 1 });
}

const withSum = (book: WayBook, day: string, way: Way, sum: WaySum): WayBook => ({
  ...book,
  [day]: { ...book[day], [way]: sum },
});

/** The last `days` days up to `today`. What a clock that was ahead wrote into days to come goes as well. */
export function newest(book: WayBook, today: string, days = bookDays): WayBook {
  const first = Temporal.PlainDate.from(today).subtract({ days: days - 1 });
  const kept = Object.entries(book).filter(([day]) => day >= first.toString() && day <= today);
  return kept.length === Object.keys(book).length ? book : Object.fromEntries(kept);
}

/** As many days as there may be, whichever they are. */
export function fewest(book: WayBook): WayBook {
  const days = Object.keys(book).sort();
  const kept = days.slice(-bookDays);
  return kept.length === days.length ? book : Object.fromEntries(kept.map((day) => [day, book[day] ?? {}]));
}

/** Of a way that enough people came by. */
export interface WayFigures {
  readonly way: Way;
  /** Visits that ended with a punch. */
  readonly served: number;
  readonly refused: number;
  /** Half of the served visits took at most about so long, milliseconds. */
  readonly medianMs: number;
}

export interface EvenWays {
  /** How many days up to today were looked at. */
  readonly days: number;
  /** In the order of `Way`; ways that too few came by are not here. */
  readonly ways: readonly WayFigures[];
  /** What whoever keeps their face to themselves pays for it, and by which way. */
  readonly uneven: readonly { readonly way: Way; readonly is: "slower" | "refused-more" }[];
}

const order: readonly Way[] = ["face", "badge", "pin", "qr"];

/** A median of fewer is chance. */
const servedMin = 20;
/**
 * One person makes twenty visits in a week. So that a figure is about nobody, as many different people as this came by the
 * way on one of its days.
 */
const peopleMin = 5;
/** L6: more than half as long again. */
const timesMax = 1.5;
/** A difference that nobody can feel costs nobody anything. */
const feltMs = 250;

/** Judged by the last week, so that a change is seen soon; by all four where the week holds too few. */
export function compareWays(book: WayBook, today: string): EvenWays {
  const week = comparedOver(book, today, 7);
  const isEnough = week.ways.length > 1 && week.ways.some(({ way }) => way === "face");
  return isEnough ? week : comparedOver(book, today, bookDays);
}

function comparedOver(book: WayBook, today: string, days: number): EvenWays {
  const sums = Object.values(newest(book, today, days));
  const ways = order.flatMap((way) =>
    figuresOf(
      way,
      sums.flatMap((day) => day[way] ?? []),
    ),
  );
  return { days, ways, uneven: unevenIn(ways) };
}

function figuresOf(way: Way, sums: readonly WaySum[]): readonly WayFigures[] {
  const steps = sums.flatMap(({ took }) => Object.entries(took).map(([step, count]) => [Number(step), count] as const));
  const served = sumOf(steps);
  const people = sums.reduce((most, sum) => Math.max(most, sum.people), 0);
  if (served < servedMin || people < peopleMin) return [];
  const refused = sums.reduce((total, sum) => total + sum.refused, 0);
  const middle = steps
    .toSorted(([a], [b]) => a - b)
    .find(([step]) => 2 * sumOf(steps.filter(([one]) => one <= step)) >= served);
  return middle === undefined ? [] : [{ way, served, refused, medianMs: middleOf(middle[0]) }];
}

const sumOf = (steps: readonly (readonly [number, number])[]): number =>
  steps.reduce((total, [, count]) => total + count, 0);

/**
 * By time the badge is judged; without one the quicker of the others, because typing or finding a phone takes its time
 * wherever somebody does it of their own will beside a badge. By refusals each of them is: nobody wants to be turned away.
 */
function unevenIn(ways: readonly WayFigures[]): EvenWays["uneven"] {
  const face = ways.find(({ way }) => way === "face");
  if (face === undefined) return [];
  const others = ways.filter(({ way }) => way !== "face");
  const [quickest] = others.toSorted((a, b) => a.medianMs - b.medianMs);
  const judged = others.find(({ way }) => way === "badge") ?? quickest;
  return others.flatMap((one) => {
    const moreMs = one.medianMs - face.medianMs;
    const isSlower = one === judged && one.medianMs > timesMax * face.medianMs && moreMs >= feltMs;
    return [
      ...(isSlower ? [{ way: one.way, is: "slower" } as const] : []),
      ...(refusedAtLeast(one) > refusedAtMost(face) ? [{ way: one.way, is: "refused-more" } as const] : []),
    ];
  });
}

/** Both ends of Wilson's interval at 95 % for the share of visits that were refused; where they part, it is no chance. */
const refusedAtLeast = ({ served, refused }: WayFigures): number => missedAtLeast({ known: served, missed: refused });
const refusedAtMost = ({ served, refused }: WayFigures): number =>
  1 - missedAtLeast({ known: refused, missed: served });
