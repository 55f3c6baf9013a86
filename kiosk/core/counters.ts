import { absence } from "./absence/counter.ts";
import { alert } from "./alert/counter.ts";
import { consent } from "./consent/counter.ts";
import type { CounterAnswer, CounterFailure, CounterName, CounterState } from "./counter-kinds.ts";
import type { CounterTouch, CounterView } from "./counter-view.ts";
import type { NoteDraft } from "./draft.ts";
import type { Event, Step } from "./event.ts";
import { guests } from "./guests/counter.ts";
import type { Claim, Memory, State } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { rights } from "./rights/counter.ts";
import type { Stamp } from "./time.ts";

/** Which counter it is for. */

const counters = { consent, rights, guests, absence, alert };

export const isAtCounter = (state: State): state is CounterState => Object.hasOwn(counters, state.at);

export const counterBegun = (name: CounterName, memory: Memory, claim: Claim, now: Stamp, policy: Policy): Step =>
  counters[name].begun(memory, claim, now, policy);

export function counterTouched(memory: Memory, touch: CounterTouch, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (touch.touch) {
    case "consent":
      return consent.touched(memory, state.at === "consent" ? state : null, touch.act, at, policy);
    case "rights":
      return rights.touched(memory, state.at === "rights" ? state : null, touch.act, at, policy);
    case "guests":
      return guests.touched(memory, state.at === "guests" ? state : null, touch.act, at, policy);
    case "absence":
      return absence.touched(memory, state.at === "absence" ? state : null, touch.act, at, policy);
    case "alert":
      return alert.touched(memory, state.at === "alert" ? state : null, touch.act, at, policy);
  }
}

export function counterAnswered(memory: Memory, answer: CounterAnswer, at: Stamp, policy: Policy): Step {
  switch (answer.of) {
    case "consent":
      return consent.answered(memory, answer, at, policy);
    case "rights":
      return rights.answered(memory, answer, at, policy);
    case "guests":
      return guests.answered(memory, answer, at, policy);
    case "absence":
      return absence.answered(memory, answer, at, policy);
    case "alert":
      return alert.answered(memory, answer, at, policy);
  }
}

export const counterFailed = (memory: Memory, failure: CounterFailure, at: Stamp, policy: Policy): Step =>
  counters[failure.wish.of].failed(memory, failure, at, policy);

export const noteSaved = (
  memory: Memory,
  note: NoteDraft,
  { id, position, rh, at }: Extract<Event, { kind: "saved" }>,
  policy: Policy,
): Step =>
  counters[note.of].saved(
    { ...memory, health: { ...memory.health, journal: { is: "up" } } },
    note,
    { id, position, rh, at },
    policy,
  );

export function noteUnsaved(
  memory: Memory,
  note: NoteDraft,
  { code, remedy, at }: Extract<Event, { kind: "save-failed" }>,
  policy: Policy,
): Step {
  const journal = { is: "down", code, remedy } as const;
  return counters[note.of].unsaved({ ...memory, health: { ...memory.health, journal } }, note, at, policy);
}

export function counterEnded(memory: Memory, state: CounterState, at: Stamp, policy: Policy): Step {
  switch (state.at) {
    case "consent":
      return consent.ended(memory, state, at, policy);
    case "rights":
      return rights.ended(memory, state, at, policy);
    case "guests":
      return guests.ended(memory, state, at, policy);
    case "absence":
      return absence.ended(memory, state, at, policy);
    case "alert":
      return alert.ended(memory, state, at, policy);
  }
}

export function counterView(memory: Memory, state: CounterState, policy: Policy): CounterView {
  switch (state.at) {
    case "consent":
      return consent.view(memory, state, policy);
    case "rights":
      return rights.view(memory, state, policy);
    case "guests":
      return guests.view(memory, state, policy);
    case "absence":
      return absence.view(memory, state, policy);
    case "alert":
      return alert.view(memory, state, policy);
  }
}
