import { Fault } from "../fault.ts";
import type { ConsentData } from "../record.ts";
import type { PrivacyPolicy } from "./privacy-policy.ts";

/**
 * Whoever is between the two ages of a policy agrees together with a parent or guardian. Nothing is kept of the guardian
 * but that there was one and the hash of what they drew; and it is asked anew after a year, because nobody's date of
 * birth is known here.
 */

/** How a guardian confirmed it: drawn at the clock, or on the paper that the record names. */
export type Guardian = NonNullable<ConsentData["guardian"]>;

/** Such an agreement ends after so many days at the latest, also where the policy gives a longer term or none. */
export const guardianDays = 365;

interface Said {
  readonly age?: number | undefined;
  readonly guardian?: Guardian | undefined;
  readonly until?: string | undefined;
}

type Ages = Pick<PrivacyPolicy, "minAge" | "guardianAge">;

/** @returns why somebody of this least age is not enrolled by what they and a guardian said; null: nothing is missing. */
export function ageGap({ age, guardian, until }: Said, { minAge, guardianAge }: Ages): "age" | "guardian" | null {
  if (age !== undefined && age >= minAge) return null;
  if (age === undefined || guardianAge === null || age < guardianAge) return "age";
  return guardian === undefined || until === undefined ? "guardian" : null;
}

/** What somebody wants to agree by. */
export interface Asked {
  /** The least age that they said they have reached; undefined: nobody said. */
  readonly age: number | undefined;
  readonly guardian: Guardian | undefined;
  readonly sign: ConsentData["sign"];
}

/**
 * Whether it may be written down.
 *
 * @param wasDrawn whether a drawing of this hash stands in any record that this clock knows.
 * @throws Fault `consent-refused` under every age; `guardian-missing` where one has to be there; `guardian-refused` where
 *   the policy has none, where none is needed, and for a drawing that is not their own or not of today.
 */
export function checkAges({ age, guardian, sign }: Asked, ages: Ages, wasDrawn: (h: string) => boolean): void {
  const { minAge, guardianAge } = ages;
  if (guardian === undefined) {
    const gap = ageGap({ age }, ages);
    if (gap === "guardian") {
      throw new Fault(
        "guardian-missing",
        `no consent: from ${guardianAge} to ${minAge} nobody agrees without a parent or guardian`,
        "Both come to the clock, or sign the paper (lintel enrol --guardian). Badge and PIN count the same.",
      );
    }
    if (gap === null) return;
    throw new Fault(
      "consent-refused",
      `no consent: ${age ?? "an age that nobody said"} is under the least age here`,
      "Nothing was kept; a badge is enough.",
    );
  }
  if (guardianAge === null) {
    throw refused("the employer's policy has no agreeing with a guardian", "Badge and PIN count the same.");
  }
  if (age === undefined) throw refused("nobody said which age they have reached", "Ask them, and begin anew.");
  if (age < guardianAge) throw refused(`${age} is under ${guardianAge}`, "Nothing was kept; a badge is enough.");
  if (age >= minAge) throw refused(`who has reached ${minAge} agrees alone`, "Let them agree without a guardian.");
  checkDrawing(guardian, sign, wasDrawn);
}

function checkDrawing({ how, h }: Guardian, sign: Asked["sign"], wasDrawn: (h: string) => boolean): void {
  if (how === "paper") {
    // The operator vouches for both names on it, or for none.
    if (sign.how === "operator" && h === null) return;
    throw refused("a paper is brought by an operator, and has nothing drawn here", "Let the guardian draw their name.");
  }
  if (h === null || sign.how !== "drawn")
    throw refused("not both of them drew their names", "Let both draw their names.");
  if (h === sign.h) throw refused("both names are one drawing", "Let each of them draw their own name.");
  if (wasDrawn(h)) throw refused("this drawing stands in another record already", "Let the guardian draw anew.");
}

const refused = (why: string, remedy: string): Fault => new Fault("guardian-refused", `no guardian: ${why}`, remedy);
