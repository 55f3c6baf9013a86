import type { PersonId } from "../person.ts";
import { blankStanding, type ConsentMemory, type ConsentStanding } from "./types.ts";

/** How it stands with somebody's face: what they said and when, and whether it is used. */
export const consentStandingOf = (
  { consent }: { readonly consent: ConsentMemory },
  person: PersonId,
): ConsentStanding => consent.standings.get(person) ?? blankStanding;
