import type { LeaveItem } from "./attendance/leave.ts";
import type { CardHash } from "./card.ts";

/** A pseudonymous subject, `p_` and 20 of [0-9a-z]; random, never derived from an employee number. */
export type PersonId = string & { readonly brand: "PersonId" };

const personPattern = /^[pvu]_[0-9a-z]{20}$/;

export const isPersonId = (text: string): text is PersonId => personPattern.test(text);

/** Parses at a boundary; inside, trust the brand. */
export function personId(text: string): PersonId {
  if (!isPersonId(text)) throw new RangeError("not a person id: p_, v_ or u_ and 20 of [0-9a-z]");
  return text;
}

/** One of the people this clock knows. The name stays on the device: never in a record, a log line or the uplink. */
export interface Person {
  readonly id: PersonId;
  readonly displayName: string;
  /** Given here or by the roster; one and the same thing. */
  readonly badges: readonly CardHash[];
  /** Which of them the roster gave: these end with it, and are not kept here. */
  readonly rosterBadges?: readonly CardHash[];
  /** Others this person's face could be taken for; found at enrolment. Their faces alone decide nothing. */
  readonly lookAlikes: readonly PersonId[];
  /** The language they read, BCP 47. */
  readonly lang?: string;
  /** What the roster allows them, and the groups it has them in: `supervise`, `muster`, `night`. */
  readonly perm?: readonly string[];
  /** Name of their shift plan. */
  readonly shift?: string;
  readonly leave?: readonly LeaveItem[];
  /** What is left, as the office said on a day: kind, hundredths of a day, `YYYY-MM-DD`. */
  readonly balances?: readonly { readonly k: number; readonly days100: number; readonly asOf: string }[];
  /** What the office says of requests, by the id of their record. */
  readonly requests?: readonly LeaveDecision[];
  /** There is a roster and, now, it does not want this person here. They still punch, and the punch says so. */
  readonly isOffRoster?: true;
}

/** Days and kind are there where another clock of the site took the request. */
export interface LeaveDecision {
  readonly ref: string;
  readonly state: "waiting" | "granted" | "declined";
  readonly k?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Whose card is whose. */
export interface CardOwners {
  readonly owners: ReadonlyMap<CardHash, PersonId>;
  /** Several people claim these, so they name nobody until a person has set it right. */
  readonly shared: ReadonlySet<CardHash>;
}

/**
 * Of several who claim one card, those whom the roster does not want have lost it: cards are given out again when people
 * leave. If that leaves more than one, or nobody, the card is nobody's: paid time goes to no one by chance.
 */
export function cardOwners(people: readonly Person[]): CardOwners {
  const claims = new Map<CardHash, Person[]>();
  for (const person of people) {
    for (const badge of new Set(person.badges)) claims.set(badge, [...(claims.get(badge) ?? []), person]);
  }
  const owners = new Map<CardHash, PersonId>();
  const shared = new Set<CardHash>();
  for (const [badge, claimants] of claims) {
    const wanted = claimants.filter(({ isOffRoster }) => isOffRoster !== true);
    const [only, ...others] = claimants.length === 1 ? claimants : wanted;
    if (only !== undefined && others.length === 0) owners.set(badge, only.id);
    else shared.add(badge);
  }
  return { owners, shared };
}

export type NameMasking = "full" | "first-and-initial" | "none";

/** "Ana Morales" as the wall may show it. A single name stays whole; `none` gives the empty string. */
export function maskedName(displayName: string, masking: NameMasking): string {
  const words = displayName.trim().split(/\s+/u).filter(Boolean);
  const [first = "", ...rest] = words;
  if (masking === "none") return "";
  const last = rest.at(-1);
  if (masking === "full" || last === undefined) return words.join(" ");
  const [initial = ""] = last;
  return `${first} ${initial}.`;
}
