import type { PersonId } from "../person.ts";
import type { Stamp } from "../time.ts";
import { type Attendance, lastOf } from "./attendance.ts";
import { longestShiftMs, standingAfter } from "./direction.ts";
import { monotonicSinceMs } from "./duplicate.ts";
import { jobNow } from "./jobs.ts";
import type { Book, Mark } from "./marks.ts";
import type { WallTrust } from "./trust.ts";

/** Somebody who is here, as far as this clock knows. */
export interface Present {
  readonly person: PersonId;
  readonly standing: "in" | "break";
  /** Since when they are here, breaks included; null: the time is not sure. */
  readonly sinceUtcMs: number | null;
  /** Where they punched last. */
  readonly loc: string;
  readonly job: string | null;
  /** They have been here longer than a shift lasts: perhaps they only forgot to go out. Still listed. */
  readonly isDoubtful: boolean;
}

export interface Now {
  readonly at: Stamp;
  readonly boot: number;
  readonly trust: WallTrust;
}

/** Everybody whose last punch did not end their work, in the order of their ids. */
export function whoIsIn({ books }: Attendance, now: Now): readonly Present[] {
  const present = [...books].flatMap(([person, book]) => {
    const last = lastOf(book);
    const standing = last === null ? "out" : standingAfter(last.kind);
    return last === null || standing === "out" ? [] : [presentOf(person, book, last, standing, now)];
  });
  return present.sort((a, b) => (a.person < b.person ? -1 : 1));
}

export interface MusterLine extends Present {
  /** In full: this list is read aloud. Empty where no name is known here. */
  readonly name: string;
}

/**
 * For an evacuation: who has to be looked for. By name as the language sorts them; those without a name come last, by their
 * id; the doubtful stand among the others, because they too may be inside.
 *
 * @param locale BCP 47.
 */
export function musterOf(
  present: readonly Present[],
  nameOf: (person: PersonId) => string,
  locale: string,
): readonly MusterLine[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const lines = present.map((line): MusterLine => ({ ...line, name: nameOf(line.person).trim() }));
  return lines.sort(
    (a, b) =>
      Number(a.name === "") - Number(b.name === "") || compare(a.name, b.name) || (a.person < b.person ? -1 : 1),
  );
}

function presentOf(person: PersonId, book: Book, last: Mark, standing: "in" | "break", now: Now): Present {
  const came = beginningOf(book, last);
  const sinceMs = monotonicSinceMs(came, now.at, now.boot) ?? wallSinceMs(came, now);
  return {
    ...{ person, standing },
    sinceUtcMs: came.time === "unsure" ? null : came.utcMs,
    loc: last.loc,
    job: jobNow(book),
    isDoubtful: sinceMs !== null && sinceMs > longestShiftMs,
  };
}

/** The mark with which they came: the newest `in`, or the first one after they last went. */
function beginningOf({ marks }: Book, last: Mark): Mark {
  const said = marks.filter(({ kind }) => kind !== "unknown" && kind !== "attest");
  const at = said.findLastIndex(({ kind }) => kind === "in" || kind === "out");
  return (said[at]?.kind === "out" ? said[at + 1] : said[Math.max(at, 0)]) ?? last;
}

const wallSinceMs = ({ time, utcMs }: Mark, { at, trust }: Now): number | null =>
  trust.reach === "nothing" || time === "unsure" || utcMs === null ? null : at.utcMs - utcMs;
