import type { PersonId } from "../person.ts";
import type { ConsentNote, Reckoned } from "./book.ts";
import { asksAgain, type Grounds, isOver, newestOf } from "./gate.ts";
import { blankStanding, type ConsentMemory, type ConsentStanding } from "./types.ts";

/** How it stands with somebody's face: what they said and when, and whether it is used. */
export const consentStandingOf = (
  { consent }: { readonly consent: ConsentMemory },
  person: PersonId,
): ConsentStanding => consent.standings.get(person) ?? blankStanding;

/** Lines that a wall shows; the journal and the sealed piece have all. */
const linesMax = 20;

interface Told {
  readonly said: Reckoned;
  /** Oldest first. */
  readonly notes: readonly ConsentNote[];
  readonly toldV: number;
}

/** @param face what this clock has of it: kept is not used. */
export function standingFrom(
  { said, notes, toldV }: Told,
  face: "none" | "kept" | "used",
  { policy, nowUtcMs }: Pick<Grounds, "policy" | "nowUtcMs">,
): ConsentStanding {
  const newest = newestOf(said.live);
  const isExpired = newest !== null && isOver(newest, nowUtcMs);
  return {
    face: said.face === "given" && isExpired ? "expired" : said.face,
    isFrozen: said.isFrozen,
    hasFace: face !== "none",
    isUsed: face === "used",
    asksAgain: newest !== null && policy !== null && asksAgain(newest, policy),
    given: newest && {
      id: newest.id,
      utcMs: newest.utcMs,
      untilUtcMs: newest.data.until === undefined ? null : Date.parse(newest.data.until),
      polV: newest.data.pol?.v ?? null,
    },
    toldV,
    lines: notes
      .toReversed()
      .slice(0, linesMax)
      .map(({ id, utcMs, data: { act, purpose, text, pol, sign } }) => ({
        ...{ id, utcMs, act, purpose, text, pol },
        how: sign.how,
      })),
  };
}
