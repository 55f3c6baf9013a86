import { type OverrideReason, overridePunch, overrideReasons } from "./attendance/supervisor.ts";
import type { ChosenKind } from "./chosen.ts";
import { allKinds } from "./directions.ts";
import type { PunchDraft } from "./draft.ts";
import type { Step } from "./event.ts";
import type { Memory, State } from "./memory.ts";
import { pagesOf, pageWithin } from "./muster.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { save } from "./punch.ts";
import type { Stamp } from "./time.ts";
import type { OverrideQuestion } from "./visit-view.ts";

/** A supervisor, who has shown badge and PIN, punches for somebody who cannot. The record says so, and why. */

export type Overriding = Extract<State, { at: "override" }>;

const peoplePerPage = 6;

export function overriding(memory: Memory, sup: PersonId, now: Stamp, policy: Policy): Memory {
  const { compare } = new Intl.Collator(policy.locale, { numeric: true });
  const list = [...memory.people.values()]
    .filter(({ id, displayName }) => id !== sup && displayName.trim() !== "")
    .sort((a, b) => compare(a.displayName, b.displayName) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
  const untilMs = now.monoMs + policy.readMs;
  return { ...memory, state: { at: "override", sup, list, person: null, reason: null, page: 0, untilMs } };
}

/** Names stand in full: two people may share the letters that a mask leaves. */
export function overrideQuestion(memory: Memory, { list, person, reason, page }: Overriding): OverrideQuestion {
  const nameOf = (id: PersonId): string => memory.people.get(id)?.displayName ?? "";
  if (person === null) {
    const shown = list.slice(page * peoplePerPage, (page + 1) * peoplePerPage);
    const people = shown.map((id) => ({ id, name: nameOf(id) }));
    return { what: "person", people, page, pages: pagesOf(list.length, peoplePerPage) };
  }
  const name = nameOf(person);
  return reason === null ? { what: "reason", name, reasons: overrideReasons } : { what: "kind", name, kinds: allKinds };
}

export function overridePicked(memory: Memory, state: Overriding, id: string, at: Stamp, policy: Policy): Memory {
  const untilMs = at.monoMs + policy.readMs;
  if (state.person === null) {
    const person = state.list.find((one) => one === id);
    return person === undefined ? memory : { ...memory, state: { ...state, person, untilMs } };
  }
  if (state.reason !== null || !isReason(id)) return memory;
  return { ...memory, state: { ...state, reason: id, untilMs } };
}

export const overridePaged = (memory: Memory, state: Overriding, page: number, at: Stamp, policy: Policy): Memory => ({
  ...memory,
  state: {
    ...state,
    page: pageWithin(page, state.list.length, peoplePerPage),
    untilMs: at.monoMs + policy.readMs,
  },
});

export function overridden(memory: Memory, state: Overriding, kind: ChosenKind, at: Stamp, policy: Policy): Step {
  const { person: sub, sup, reason } = state;
  if (sub === null || reason === null) return [memory, []];
  const wished = overridePunch({ sub, sup, kind, reason });
  if (wished === null) return [memory, []];
  const draft: PunchDraft = {
    draft: "punch",
    person: sub,
    methods: ["supervisor"],
    assure: wished.assure,
    flags: ["override", reason],
    ...{ kind, sup, inferred: false, at },
  };
  return save(memory, draft, at, policy);
}

/** One question back; null before the first. */
export function overriddenBefore(state: Overriding): Overriding | null {
  if (state.reason !== null) return { ...state, reason: null };
  return state.person === null ? null : { ...state, person: null };
}

const isReason = (id: string): id is OverrideReason => (overrideReasons as readonly string[]).includes(id);
