import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { type PersonId, personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import { normalised } from "../../../kiosk/inference/vector.ts";

export const idOf = (number: number): PersonId => personId(`p_${String(number).padStart(20, "0")}`);

export const templateOf = (person: PersonId, vectors: readonly Float32Array[], spaceId = "space"): Template => ({
  person,
  spaceId,
  vectors,
  consentId: "consent" as ConsentId,
  createdMs: 0,
  quality: null,
  source: "camera",
});

/** Directions as faces have them: about the same size in every dimension. The same seed gives the same ones. */
export function noise(seed: number): (dimension: number) => Float32Array {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  const next = (): number => {
    // Numerical Recipes' generator; its high bits are good enough for directions.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return (dimension) => normalised(new Float32Array(dimension).map(() => next() + next() + next() - 1.5));
}
