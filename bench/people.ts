import type { ConsentId } from "../kiosk/core/consent.ts";
import { type PersonId, personId } from "../kiosk/core/person.ts";
import type { Template } from "../kiosk/core/ports/engine.ts";

/** People who do not exist: random directions, three templates each that resemble one another as a person's frames do. */

export const dimension = 512;
export const templatesEach = 3;
export const spaceId = "bench";

export const idOf = (number: number): PersonId => personId(`p_${String(number).padStart(20, "0")}`);

export const templateOf = (number: number, vectors: readonly Float32Array[]): Template => ({
  person: idOf(number),
  spaceId,
  vectors,
  consentId: "bench" as ConsentId,
  createdMs: 0,
  quality: null,
  source: "photographs",
});

/** Fills a vector with a random direction, or with one beside another: cosine about 1 / sqrt(1 + aside^2). */
export function openDirections(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const towards = (target: Float32Array, from: Float32Array | null, aside: number): Float32Array => {
    let squares = 0;
    for (let at = 0; at < target.length; at += 1) {
      // Three of variance 1/12, doubled, have variance 1.
      const value = (from?.[at] ?? 0) + (aside * 2 * (next() + next() + next())) / Math.sqrt(target.length);
      target[at] = value;
      squares += value * value;
    }
    const length = Math.sqrt(squares);
    for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) / length;
    return target;
  };
  return {
    random: (target: Float32Array) => towards(target, null, 1),
    beside: (target: Float32Array, from: Float32Array, aside: number) => towards(target, from, aside),
  };
}
