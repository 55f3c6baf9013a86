import type { ConsentId } from "../consent.ts";
import type { PersonId } from "../person.ts";
import type { ConsentNote, Reckoned } from "./book.ts";
import { ageGap } from "./guardian.ts";
import { packOf } from "./packs.ts";
import { allowsFace, type PolicyKept } from "./privacy-policy.ts";

/**
 * The gate before the matcher. An engine takes nothing but `Consented`, and nothing but this file makes one: out of a
 * template, the person's own live agreement and the employer's policy that holds now. Pure.
 */

declare const proved: unique symbol;

/** A template whose use is allowed at this moment, by both keys. */
export type Consented<T> = T & { readonly [proved]: true };

/** Why somebody's face is not looked for. */
export type Closed =
  /** The employer's policy does not allow faces here, or there is none. */
  | "policy"
  /** No record of an agreement, or it is none to the use of the face. */
  | "no-consent"
  /** The agreement is somebody else's. */
  | "other-person"
  /** The agreement that the template was made under was ended. */
  | "withdrawn"
  | "frozen"
  | "expired"
  /** They agreed to other terms than those that hold now. */
  | "asks-again"
  /** They only said that they are as old as was asked then. */
  | "age"
  /** Of that age they agree together with a parent or guardian, and no guardian did, or for no time. */
  | "guardian";

export interface Grounds {
  readonly policy: PolicyKept | null;
  readonly site: string;
  readonly nowUtcMs: number;
}

interface Made {
  readonly person: PersonId;
  /** The agreement that it was made under. */
  readonly consentId: ConsentId;
}

/** @param said what the person's own records say, every one of them proved to be this clock's. */
export function closedFor(
  { person, consentId }: Made,
  said: Pick<Reckoned, "live" | "isFrozen" | "face">,
  { policy, site, nowUtcMs }: Grounds,
): Closed | null {
  if (policy === null || !allowsFace(policy, site)) return "policy";
  const note = said.live.get(consentId);
  if (note === undefined) return said.face === "none" ? "no-consent" : "withdrawn";
  if (note.data.sub !== person) return "other-person";
  if (note.data.act !== "given" || note.data.purpose !== "face") return "no-consent";
  if (said.isFrozen) return "frozen";
  // The newest agreement says under which terms: nobody has to be enrolled anew for having agreed anew.
  const newest = newestOf(said.live) ?? note;
  if (isOver(newest, nowUtcMs)) return "expired";
  if (asksAgain(newest, policy)) return "asks-again";
  const { age, guardian, until } = newest.data;
  // Whom nobody asked had reached what the law of the place asks; of whoever came with a guardian it has to stand there.
  const reached = age ?? (guardian === undefined ? packOf(policy.policy.pack).minAge : undefined);
  return ageGap({ age: reached, guardian, until }, policy.policy);
}

/** The templates that may be looked for now, each as it was. */
export const opened = <T extends Made>(
  templates: readonly T[],
  saidBy: (person: PersonId) => Pick<Reckoned, "live" | "isFrozen" | "face">,
  grounds: Grounds,
): readonly Consented<T>[] =>
  templates.filter(
    (template): template is Consented<T> => closedFor(template, saidBy(template.person), grounds) === null,
  );

export const newestOf = (live: Reckoned["live"]): ConsentNote | null => [...live.values()].at(-1) ?? null;

export const isOver = ({ data }: ConsentNote, nowUtcMs: number): boolean =>
  data.until !== undefined && !(Date.parse(data.until) > nowUtcMs);

export const asksAgain = ({ data }: ConsentNote, policy: PolicyKept): boolean =>
  data.pol === null || data.pol.v < policy.asksFromV;
