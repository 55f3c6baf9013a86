import { compareWays, type EvenWays, fewest, newest, type WayBook, withRefusal, withServed } from "./core/even-ways.ts";
import type { Event } from "./core/event.ts";
import { Fault } from "./core/fault.ts";
import type { Memory } from "./core/memory.ts";
import type { PersonId } from "./core/person.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { LookEnd } from "./core/served.ts";
import { localText } from "./core/time.ts";
import type { Way } from "./core/way.ts";
import { followed, type WayEnd, type WayVisit } from "./core/way-visit.ts";

export interface EvenWaysRooms {
  readonly file: {
    readonly get: () => WayBook;
    readonly change: (change: (before: WayBook) => WayBook) => Promise<unknown>;
  };
  readonly clock: Pick<Clock, "now" | "sleep" | "quality">;
  readonly timeZone: string;
  /** Whether their face is among those that the engine looks for: nobody else's can be missed. */
  readonly isLookedFor: (id: PersonId) => boolean;
  /** A disk that does not take it. Throws what is no `Fault`. */
  readonly note: (error: unknown) => void;
}

/** Watches the station at its work, to say whether one way makes people wait longer than another. */
export interface EvenWaysWatch {
  /** The station handled this, and knows that now. */
  readonly saw: (event: Event, memory: Memory) => void;
  /** For `StationOptions.served`: a face that was missed was refused, whatever its owner showed then. */
  readonly served: (person: PersonId, end: LookEnd) => void;
  readonly told: () => EvenWays;
  /** Writes what was counted now and then, and at the end, until `signal` aborts. */
  readonly keep: (signal: AbortSignal) => Promise<void>;
}

/** A card of flash memory is not worn out by it; what a power cut takes along is an hour of counting. */
const saveMs = 3_600_000;

export function createEvenWays({ file, clock, timeZone, isLookedFor, note }: EvenWaysRooms): EvenWaysWatch {
  let book = file.get();
  let before: Memory | null = null;
  let visit: WayVisit | null = null;
  /** Who came by which way today: counted, never written, and gone with the day. */
  let came: { readonly day: string; readonly by: ReadonlyMap<Way, Set<PersonId>> } = { day: "", by: new Map() };

  const isSure = (): boolean => clock.quality().source !== "none";
  /** A clock that does not know the day is never behind what it wrote itself. */
  const today = (): string => {
    const day = localText(clock.now().utcMs, timeZone).slice(0, 10);
    const last = Object.keys(book).sort().at(-1) ?? day;
    return isSure() || day > last ? day : last;
  };
  const countOf = (day: string, way: Way, person: PersonId): number => {
    if (came.day !== day)
      came = { day, by: new Map((["face", "badge", "pin", "qr"] as const).map((one) => [one, new Set()])) };
    return came.by.get(way)?.add(person).size ?? 0;
  };
  const count = (end: WayEnd): void => {
    const day = today();
    book =
      end.is === "refused"
        ? withRefusal(book, day, end.way)
        : withServed(book, day, end.way, end.tookMs, countOf(day, end.way, end.person));
  };
  const save = async (): Promise<void> => {
    // What is too old, or to come, is for a clock to say that knows the day.
    book = isSure() ? newest(book, today()) : fewest(book);
    await file
      .change(() => book)
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        note(error);
      });
  };

  return {
    saw: (event, memory) => {
      const [next, ends] = followed(visit, before ?? memory, event, memory);
      visit = next;
      before = memory;
      ends.forEach(count);
    },
    served: (person, end) => {
      if (end === "missed" && isLookedFor(person)) count({ is: "refused", way: "face" });
    },
    told: () => compareWays(book, today()),
    keep: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(saveMs, signal);
        await save();
      }
    },
  };
}
