import type { PersonId } from "./person.ts";
import type { CorrectionData, Position, PunchData, RecordEvent, TimefixData } from "./record.ts";

/**
 * What the law demands of one person and one period: which records are handed out, and what is left out and why. Pure;
 * one clock's records are offered oldest first, by whoever keeps them: the clock itself, or a receiver's store.
 */

/** Days of the site, `YYYY-MM-DD`, both included. */
export interface DisclosureDays {
  readonly first: string;
  readonly last: string;
  /** IANA name. */
  readonly timeZone: string;
}

export interface DisclosureWish extends DisclosureDays {
  readonly person: PersonId;
}

/** UTC milliseconds; the end is not part of it. */
export interface Period {
  readonly fromUtcMs: number;
  readonly untilUtcMs: number;
}

export type DisclosedAs =
  /** Their punch, made in the period. */
  | "punch"
  /** Their punch of which nobody can say when it was, only that it may have been in the period. */
  | "undated"
  /** Their punch from outside the period that a correction moves into it. */
  | "corrected"
  | "correction"
  /** Says how far the clock was off in the boot of a punch. */
  | "timefix"
  /** Leads from the clock's first key to the one that signed. */
  | "keychange"
  /** They were forgotten: what went, and what stays by which duty. */
  | "erasure";

/** How many records of one clock are not handed out, by why. */
export interface LeftOut {
  /** Made in the period about somebody else; also where the person acted as their supervisor. */
  readonly others: number;
  /** Made in the period about nobody: the machine's own. */
  readonly nobody: number;
  /** The person's own of the period that no hours are made of, by type. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The person's punches and corrections that were made at other times. */
  readonly outside: number;
  /** Texts that were forgotten, of places that may be of the period. Whose they were is not known any more. */
  readonly forgotten: number;
  /** Places that may be of the period and of which nothing is here. */
  readonly notHere: number;
}

export interface Sorted<T> {
  readonly parts: readonly (Position & { readonly as: DisclosedAs; readonly token: T })[];
  readonly leftOut: LeftOut;
}

export interface Sorting<T> {
  /** @param event null where only place and hash are left. */
  readonly offer: (at: Position, event: RecordEvent | null, token: T) => void;
  readonly close: () => Sorted<T>;
}

/** @throws RangeError where a day or the zone is none, or the last day is before the first. */
export function periodOf({ first, last, timeZone }: DisclosureDays): Period {
  const start = Temporal.PlainDate.from(first);
  const end = Temporal.PlainDate.from(last);
  if (Temporal.PlainDate.compare(start, end) > 0) throw new RangeError("the last day is before the first");
  const midnight = (date: Temporal.PlainDate): number => date.toZonedDateTime(timeZone).epochMilliseconds;
  return { fromUtcMs: midnight(start), untilUtcMs: midnight(end.add({ days: 1 })) };
}

interface Item<T> extends Position {
  readonly token: T;
  readonly event: RecordEvent;
}

/** Something whose moment is not known: it was not before `fromMs`, nor after the next moment that is known. */
interface Adrift {
  readonly fromMs: number;
  readonly untilMs: () => number;
}

export function sortFor<T>(person: PersonId, period: Period): Sorting<T> {
  const mine: Item<T>[] = [];
  const fixes: Item<T>[] = [];
  const chain: Item<T>[] = [];
  const erasures: Item<T>[] = [];
  const adrift = new Map<string, Adrift>();
  const voids: (Adrift & { readonly is: "forgotten" | "notHere"; readonly n: number })[] = [];
  const sure: number[] = [];
  const count = { others: 0, nobody: 0 };
  const kinds: Record<string, number> = {};
  let expected: Position = { epoch: 0, seq: 0 };

  const here = (): Adrift => {
    const next = sure.length;
    return {
      fromMs: sure[next - 1] ?? Number.NEGATIVE_INFINITY,
      untilMs: () => sure[next] ?? Number.POSITIVE_INFINITY,
    };
  };
  const isIn = (utcMs: number): boolean => period.fromUtcMs <= utcMs && utcMs < period.untilUtcMs;
  const mayBeIn = ({ fromMs, untilMs }: Adrift): boolean => fromMs < period.untilUtcMs && untilMs() >= period.fromUtcMs;

  const file = (item: Item<T>): void => {
    const { type, time, id, data } = item.event;
    const about = whoIn(data);
    if (type === "dev.lintel.timefix.v1") {
      fixes.push(item);
      sure.push(Date.parse((data as TimefixData).utc));
    } else if (type === "dev.lintel.keychange.v1") chain.push(item);
    else if (about === person && type === "dev.lintel.erasure.v1") erasures.push(item);
    if (type === "dev.lintel.punch.v1" && isSure(item.event)) sure.push(Date.parse(time));
    if (about === person && hoursAreMadeOf.has(type)) {
      mine.push(item);
      adrift.set(id, here());
    } else if (isIn(Date.parse(time)) && !handedOutAnyway.has(type)) {
      if (about === null) count.nobody += 1;
      else if (about !== person) count.others += 1;
      else kinds[kindOf(type)] = (kinds[kindOf(type)] ?? 0) + 1;
    }
  };

  return {
    offer: ({ epoch, seq }, event, token) => {
      const from = expected.epoch === epoch ? expected.seq : 0;
      if (seq > from) voids.push({ ...here(), is: "notHere", n: seq - from });
      expected = { epoch, seq: seq + 1 };
      if (event === null) voids.push({ ...here(), is: "forgotten", n: 1 });
      else file({ epoch, seq, token, event });
    },
    close: () => {
      const momentOf = (item: Item<T>): number | null => {
        if (isSure(item.event)) return Date.parse(item.event.time);
        const { boot, mono } = (item.event.data as PunchData).t;
        const fix = fixes.find(({ epoch, event }) => epoch === item.epoch && (event.data as TimefixData).boot === boot);
        if (fix === undefined) return null;
        const known = fix.event.data as TimefixData;
        return Date.parse(known.utc) + mono - known.mono;
      };
      const chosen = new Map<string, DisclosedAs>();
      const punches = mine.filter(isPunch);
      for (const item of punches) {
        const utcMs = momentOf(item);
        if (utcMs !== null && isIn(utcMs)) chosen.set(item.event.id, "punch");
        const place = adrift.get(item.event.id);
        if (utcMs === null && place !== undefined && mayBeIn(place)) chosen.set(item.event.id, "undated");
      }
      correct(mine, chosen, isIn);
      const boots = new Set(
        punches.filter(({ event }) => chosen.has(event.id)).map(({ epoch, event }) => bootOf(epoch, event)),
      );
      const parts = [
        ...mine.flatMap((item) => partOf(item, chosen.get(item.event.id))),
        ...fixes
          .filter(({ epoch, event }) => boots.has(bootOf(epoch, event)))
          .flatMap((item) => partOf(item, "timefix")),
        ...erasures.flatMap((item) => partOf(item, "erasure")),
      ];
      parts.push(...chain.flatMap((item) => partOf(item, "keychange")));
      const tally = (is: "forgotten" | "notHere"): number =>
        voids.filter((gap) => gap.is === is && mayBeIn(gap)).reduce((sum, { n }) => sum + n, 0);
      return {
        parts: parts.sort((a, b) => a.epoch - b.epoch || a.seq - b.seq),
        leftOut: {
          ...{ ...count, kinds, outside: mine.length - chosen.size },
          ...{ forgotten: tally("forgotten"), notHere: tally("notHere") },
        },
      };
    },
  };
}

const hoursAreMadeOf: ReadonlySet<string> = new Set(["dev.lintel.punch.v1", "dev.lintel.correction.v1"]);
const handedOutAnyway: ReadonlySet<string> = new Set(
  ["timefix", "keychange", "erasure"].map((type) => `dev.lintel.${type}.v1`),
);

const isPunch = ({ event }: { readonly event: RecordEvent }): boolean => event.type === "dev.lintel.punch.v1";

function isSure({ type, time, data }: RecordEvent): boolean {
  if (type !== "dev.lintel.punch.v1") return false;
  const { t, why = [] } = data as PunchData;
  return t.src !== "none" && !why.includes("clock-weak") && Number.isFinite(Date.parse(time));
}

/** Corrections of what is chosen are chosen; one that moves something into the period brings it along. */
function correct(
  mine: readonly Item<unknown>[],
  chosen: Map<string, DisclosedAs>,
  isIn: (ms: number) => boolean,
): void {
  const open = mine.filter((item) => !isPunch(item));
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const { event } of open) {
      const { ref, req, at } = event.data as CorrectionData;
      const moves = at !== undefined && isIn(Date.parse(at));
      if (!moves && !chosen.has(ref) && !(req !== undefined && chosen.has(req))) continue;
      chosen.set(event.id, "correction");
      const meant = mine.find((item) => item.event.id === ref);
      if (meant !== undefined && !chosen.has(ref)) chosen.set(ref, isPunch(meant) ? "corrected" : "correction");
    }
  }
}

const partOf = <T>({ epoch, seq, token }: Item<T>, as: DisclosedAs | undefined) =>
  as === undefined ? [] : [{ epoch, seq, as, token }];

const kindOf = (type: string): string => type.split(".")[2] ?? type;

function bootOf(epoch: number, { data }: RecordEvent): string {
  const { t, boot } = data as { readonly t?: { readonly boot: number }; readonly boot?: number };
  return `${epoch} ${t?.boot ?? boot}`;
}

/** Whom a record is about; null: nobody. */
function whoIn(data: RecordEvent["data"]): string | null {
  const { sub, v } = data as { readonly sub?: unknown; readonly v?: unknown };
  return typeof sub === "string" ? sub : typeof v === "string" ? v : null;
}
