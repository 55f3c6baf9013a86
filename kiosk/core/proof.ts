import type { Flag, Proof } from "./draft.ts";
import type { Claim } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Stamp } from "./time.ts";
import { allWays, type Errand, methodOf, type Way } from "./way.ts";

/** What the ways prove, alone and together. */

/** @param way none but the face proves a likeness, and the face is proven in look.ts. */
export const proofBy = (way: Exclude<Way, "face">, person: PersonId, flags: readonly Flag[] = []): Proof => ({
  person,
  methods: [methodOf[way]],
  assure: { match: "none", live: "na", card: way === "badge" ? "static" : "none" },
  flags,
});

export const claimOf = (proof: Proof, at: Stamp, errand: Errand): Claim => ({
  ...{ person: proof.person, at, proof, errand },
});

export const waysIn = ({ methods }: Proof): readonly Way[] => allWays.filter((way) => methods.includes(methodOf[way]));

export const withFlags = (proof: Proof, ...flags: readonly Flag[]): Proof => ({
  ...proof,
  flags: [...new Set([...proof.flags, ...flags])],
});

/** Both were shown by the same person. */
export function together(first: Proof, second: Proof): Proof {
  const faced = [first, second].find(({ methods }) => methods.includes("face"));
  const carded = [first, second].find(({ methods }) => methods.includes("card"));
  return {
    person: first.person,
    methods: [...new Set([...first.methods, ...second.methods])],
    assure: {
      match: faced?.assure.match ?? "none",
      live: faced?.assure.live ?? "na",
      card: carded?.assure.card ?? "none",
    },
    flags: [...new Set([...first.flags, ...second.flags])],
  };
}
