import { absence } from "./absence/counter.ts";
import { alert } from "./alert/counter.ts";
import { consent } from "./consent/counter.ts";
import type { Counter } from "./counter.ts";
import type { CounterAnswer, CounterFailure, CounterName, CounterState } from "./counter-kinds.ts";
import type { CounterActs, CounterView } from "./counter-view.ts";
import type { NoteDraft } from "./draft.ts";
import type { Event, Step } from "./event.ts";
import { guests } from "./guests/counter.ts";
import type { Claim, Memory, State } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { rights } from "./rights/counter.ts";
import type { Stamp } from "./time.ts";

/** Which counter it is for. */

type StateOf<K extends CounterName> = Extract<CounterState, { at: K }>;
type AnswerOf<K extends CounterName> = Extract<CounterAnswer, { of: K }>;
type CounterOf<K extends CounterName> = Counter<
  StateOf<K>,
  Extract<CounterView, { at: K }>,
  CounterActs[K],
  AnswerOf<K>
>;

const counters: { readonly [K in CounterName]: CounterOf<K> } = { consent, rights, guests, absence, alert };

export const isAtCounter = (state: State): state is CounterState => Object.hasOwn(counters, state.at);

export const counterBegun = (
  name: CounterName,
  memory: Memory,
  claim: Claim | null,
  now: Stamp,
  policy: Policy,
): Step => counters[name].begun(memory, claim, now, policy);

export function counterTouched<K extends CounterName>(
  memory: Memory,
  touch: { readonly touch: K; readonly act: CounterActs[K] },
  at: Stamp,
  policy: Policy,
): Step {
  const { state } = memory;
  const isThere = (one: State): one is StateOf<K> => one.at === touch.touch;
  return counters[touch.touch].touched(memory, isThere(state) ? state : null, touch.act, at, policy);
}

export const counterAnswered = <K extends CounterName>(
  memory: Memory,
  answer: AnswerOf<K>,
  at: Stamp,
  policy: Policy,
): Step => counters[answer.of as K].answered(memory, answer, at, policy);

export const counterEnded = <K extends CounterName>(
  memory: Memory,
  state: StateOf<K>,
  at: Stamp,
  policy: Policy,
): Step => counters[state.at as K].ended(memory, state, at, policy);

export const counterView = <K extends CounterName>(memory: Memory, state: StateOf<K>, policy: Policy): CounterView =>
  counters[state.at as K].view(memory, state, policy);

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
