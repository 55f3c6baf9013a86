import type { Claim, Memory, Pad } from "./memory.ts";
import { numberDigits, pinDigits } from "./pin.ts";
import type { Policy } from "./policy.ts";
import type { Stamp } from "./time.ts";
import type { Errand } from "./way.ts";

/** The pad under somebody's fingers. */

/** @param claim whom another way has named already. */
export function pad(errand: Errand, claim: Claim | null, draw: number, at: Stamp, policy: Policy): Pad {
  return {
    at: "pin",
    ...{ errand, claim },
    step: claim === null ? "number" : "pin",
    number: "",
    pin: "",
    order: policy.scramblePad ? shuffled(draw) : usualOrder,
    ticket: null,
    problem: null,
    waitUntilUtcMs: null,
    untilMs: at.monoMs + policy.padMs,
  };
}

export const canEnter = ({ step, number, pin }: Pad): boolean =>
  step === "number" ? number.length >= numberDigits.min : pin.length >= pinDigits.min;

export function typed(memory: Memory, state: Pad, digit: number, at: Stamp, policy: Policy): Memory {
  const { step, number, pin, ticket } = state;
  if (ticket !== null) return memory;
  const max = step === "number" ? numberDigits.max : pinDigits.max;
  const longer = `${state[step]}${digit}`;
  const typed = longer.length > max ? { number, pin } : { number, pin, [step]: longer };
  return onPad(memory, { ...state, ...typed, problem: null }, at, policy);
}

/** One digit back; from an empty PIN to the number, where that was typed too. */
export function erased(memory: Memory, state: Pad, at: Stamp, policy: Policy): Memory {
  const { step, pin, ticket, claim } = state;
  if (ticket !== null) return memory;
  if (step === "pin" && pin === "" && claim === null) return onPad(memory, { ...state, step: "number" }, at, policy);
  return onPad(memory, { ...state, [step]: state[step].slice(0, -1), problem: null }, at, policy);
}

/** Emptied, for another try. */
export const emptied = (state: Pad): Pad => ({
  ...state,
  step: state.claim === null ? "number" : "pin",
  number: "",
  pin: "",
  ticket: null,
  waitUntilUtcMs: null,
});

export const onPad = (memory: Memory, state: Pad, at: Stamp, policy: Policy): Memory => ({
  ...memory,
  state: { ...state, untilMs: Math.max(state.ticket === null ? 0 : state.untilMs, at.monoMs + policy.padMs) },
});

const usualOrder: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

/** One of the 3,628,800 orders, each as likely. */
function shuffled(draw: number): readonly number[] {
  let place = Math.floor(draw * 3_628_800);
  const left = [...usualOrder];
  const order: number[] = [];
  while (left.length > 0) {
    order.push(...left.splice(place % left.length, 1));
    place = Math.floor(place / (left.length + 1));
  }
  return order;
}
