/** A pseudonymous subject, `p_` and 20 of [0-9a-z]; random, never derived from an employee number. */
export type PersonId = string & { readonly brand: "PersonId" };

/** What a card reader says, after its format was interpreted: technology and number, as text. Lives in memory only. */
export type BadgeId = string & { readonly brand: "BadgeId" };

const personPattern = /^[pvu]_[0-9a-z]{20}$/;

export const isPersonId = (text: string): text is PersonId => personPattern.test(text);

/** Parses at a boundary; inside, trust the brand. */
export function personId(text: string): PersonId {
  if (!isPersonId(text)) throw new RangeError("not a person id: p_, v_ or u_ and 20 of [0-9a-z]");
  return text;
}

export const badgeId = (text: string): BadgeId => text as BadgeId;

/** One of the people this clock knows. The name stays on the device: never in a record, a log line or the uplink. */
export interface Person {
  readonly id: PersonId;
  readonly displayName: string;
  readonly badges: readonly BadgeId[];
  /** Others this person's face could be taken for; found at enrolment. Their faces alone decide nothing. */
  readonly lookAlikes: readonly PersonId[];
  /** Cards as the roster has them: first 16 bytes of HMAC-SHA-256 under the site's card key, base64url. */
  readonly cardHashes?: readonly string[];
  /** The language they read, BCP 47. */
  readonly lang?: string;
  /** There is a roster and, now, it does not want this person here. They still punch, and the punch says so. */
  readonly isOffRoster?: true;
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
