import { arrived } from "./arrival.ts";
import type { Event, Step } from "./event.ts";
import type { Memory, Pad } from "./memory.ts";
import { canEnter, emptied, onPad } from "./pad.ts";
import type { Policy } from "./policy.ts";
import { claimOf, proofBy, together } from "./proof.ts";
import type { Stamp } from "./time.ts";

/** What was typed is handed to the check once, and is gone from here. */

/** Half a second where nothing else is going on; a machine that is short of everything may take longer. */
const checkMs = 15_000;

export function entered(memory: Memory, state: Pad, at: Stamp, policy: Policy): Step {
  if (state.ticket !== null || !canEnter(state)) return [memory, []];
  const { step, number, pin, claim } = state;
  if (step === "number") return [onPad(memory, { ...state, step: "pin", problem: null }, at, policy), []];
  const ticket = memory.tickets + 1;
  const who = claim === null ? { number } : { person: claim.person };
  const checking: Pad = { ...state, pin: "", ticket, problem: null, untilMs: at.monoMs + checkMs };
  return [{ ...memory, tickets: ticket, state: checking }, [{ do: "check-pin", ticket, question: { who, pin } }]];
}

export function onPinChecked(memory: Memory, event: Extract<Event, { kind: "pin-checked" }>, policy: Policy): Step {
  const { state } = memory;
  const { answer, ticket, at } = event;
  if (state.at !== "pin" || state.ticket !== ticket) return [memory, []];
  if (answer.is === "wait") {
    const waitUntilUtcMs = at.utcMs + answer.forMs;
    return [onPad(memory, { ...emptied(state), problem: "wait", waitUntilUtcMs }, at, policy), []];
  }
  const isTheirs =
    answer.is === "good" &&
    memory.people.has(answer.person) &&
    (state.claim === null || state.claim.person === answer.person);
  if (!isTheirs) return [onPad(memory, { ...emptied(state), problem: "wrong" }, at, policy), []];
  const proof = proofBy("pin", answer.person, answer.isDuress ? ["duress"] : []);
  const { claim, errand } = state;
  const whole = claim === null ? claimOf(proof, at, errand) : { ...claim, proof: together(claim.proof, proof) };
  return arrived({ ...memory, state: { at: "idle" } }, whole, at, policy);
}

/** The check does not end: whoever waits may try again, or take another way. */
export const unchecked = (memory: Memory, state: Pad, at: Stamp, policy: Policy): Memory =>
  onPad(memory, { ...emptied(state), problem: "wait", waitUntilUtcMs: at.utcMs }, at, policy);
