import type { Letter } from "../../kiosk/uplink/receiver/letter.ts";

/** Letters that leave a few at a time, because brokers throw away what they cannot hand on and clocks hear only so much. */
export interface Drip {
  /** What does not fit is left out: whoever needs it asks again. */
  readonly add: (letters: readonly Letter[]) => void;
  /** To be called every `everyMs`. */
  readonly next: () => readonly Letter[];
}

/** 200 a second: half of what a clock listens to. */
const atOnce = 20;
export const dripEveryMs = 100;
const waitingMax = 20_000;

export function openDrip(): Drip {
  let waiting: readonly Letter[] = [];
  return {
    add: (letters) => {
      waiting = [...waiting, ...letters].slice(0, waitingMax);
    },
    next: () => {
      const letters = waiting.slice(0, atOnce);
      waiting = waiting.slice(atOnce);
      return letters;
    },
  };
}
