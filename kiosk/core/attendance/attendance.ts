import type { PersonId } from "../person.ts";
import type { CorrectionData } from "../record.ts";
import { isBefore, type Position, type PunchData, type TimefixData } from "../record.ts";
import { type OpenBooks, openBooks } from "./books.ts";
import { type Book, blankBook, corrected, type Mark, markOf, type Written } from "./marks.ts";

/** Everything the journal says about who worked when. Grows by one record at a time; nothing is ever computed anew. */
export interface Attendance {
  readonly books: ReadonlyMap<PersonId, Book>;
  /** The newest punch whose time was sure; null where there is none. */
  readonly newestSureUtcMs: number | null;
  readonly run: BootRun | null;
}

/** Records of one boot of the machine, side by side: their monotonic clock is the same. */
export interface BootRun {
  readonly boot: number;
  readonly since: Position;
  readonly monoMs: number;
  /** True time of one moment of this boot, once it is known. */
  readonly fix: { readonly monoMs: number; readonly utcMs: number } | null;
  /** Whoever punched in this boot before the time was known. */
  readonly undated: ReadonlySet<PersonId>;
}

export const blankAttendance: Attendance = { books: new Map(), newestSureUtcMs: null, run: null };

/**
 * @param events records of the journal, oldest first: punches, corrections, and time fixes where there are any. Others
 * are passed over.
 * @param before what was known already: `attendanceOf([event], attendance)` adds one.
 */
export function attendanceOf(events: Iterable<Written>, before: Attendance = blankAttendance): Attendance {
  const books = openBooks(before.books);
  let { newestSureUtcMs, run } = before;
  for (const event of events) {
    if (event.type === "dev.lintel.punch.v1") {
      run = runOn(run, event, (event.data as PunchData).t);
      const mark = markOf(event);
      if (mark === null) continue;
      const dated = run.fix === null ? mark : reckoned(mark, run.fix);
      books.add(dated);
      if (dated.time === "sure" && dated.utcMs !== null) {
        newestSureUtcMs = Math.max(newestSureUtcMs ?? dated.utcMs, dated.utcMs);
        // The punch's own clock knew the time, so those before it in this boot can be reckoned from it.
        if (run.fix === null) run = fixed(books, run, { monoMs: mark.mono?.ms ?? run.monoMs, utcMs: dated.utcMs });
      } else if (dated.time === "unsure") {
        run = { ...run, undated: new Set(run.undated).add(mark.person) };
      }
    } else if (event.type === "dev.lintel.correction.v1") {
      const { sub } = event.data as CorrectionData;
      books.put(sub, corrected(books.of(sub), event));
    } else if (event.type === "dev.lintel.timefix.v1") {
      const { boot, mono, utc } = event.data as TimefixData;
      run = fixed(books, runOn(run, event, { boot, mono }), { monoMs: mono, utcMs: Date.parse(utc) });
    }
  }
  return { books: books.close(), newestSureUtcMs, run };
}

export const bookOf = (attendance: Attendance, person: PersonId): Book => attendance.books.get(person) ?? blankBook;

/** The newest mark that says where the person stands; one that was not theirs (`unknown`) or is only words says nothing. */
export const lastOf = (book: Book): Mark | null =>
  book.marks.findLast(({ kind }) => kind !== "unknown" && kind !== "attest") ?? null;

/** A badge may wait this long for its face or the disk, while others are written before it. */
const lateMs = 600_000;

/** Boots are counted, and a counter that was lost begins anew: then the monotonic clock shows it, or the other number does. */
function runOn(
  run: BootRun | null,
  { epoch, seq }: Written,
  { boot, mono }: { readonly boot: number; readonly mono: number },
): BootRun {
  const isSame = run !== null && run.boot === boot && mono > run.monoMs - lateMs;
  if (isSame) return { ...run, monoMs: Math.max(run.monoMs, mono) };
  return { boot, since: { epoch, seq }, monoMs: mono, fix: null, undated: new Set() };
}

function fixed(books: OpenBooks, run: BootRun, fix: NonNullable<BootRun["fix"]>): BootRun {
  for (const person of run.undated) {
    const book = books.of(person);
    const marks = book.marks.map((mark) => (isBefore(mark.position, run.since) ? mark : reckoned(mark, fix)));
    books.put(person, { ...book, marks });
  }
  return { ...run, fix, undated: new Set() };
}

function reckoned(mark: Mark, fix: NonNullable<BootRun["fix"]>): Mark {
  if (mark.time !== "unsure" || mark.mono === null) return mark;
  return { ...mark, time: "reckoned", utcMs: fix.utcMs + mark.mono.ms - fix.monoMs };
}
