import type { Counter } from "../counter.ts";
import type { NoteDraft } from "../draft.ts";
import type { Step } from "../event.ts";
import type { Memory } from "../memory.ts";
import { maskedName } from "../person.ts";
import type { Policy } from "../policy.ts";
import type { LeaveData } from "../record.ts";
import type { Stamp } from "../time.ts";
import { balancesOf, leaveOf, waitingMax, withLeave } from "./asked.ts";
import {
  type DaySpan,
  dayAt,
  firstDays,
  lastDays,
  lengthOf,
  mondayOf,
  overlaps,
  weeksBeside,
  weeksView,
} from "./days.ts";
import type { AbsenceAnswer, AbsenceState, AbsenceStep } from "./types.ts";
import type { AbsenceAct, AbsencePage, AbsenceView, LeaveView } from "./view.ts";

/**
 * Leave at the wall: what is left of it, asking for some, taking that back, and what the office said. A request is a
 * record, so it needs no network; the decision comes with the roster. The clock decides nothing here.
 */
export const absence: Counter<AbsenceState, AbsenceView, AbsenceAct, AbsenceAnswer> = {
  begun: (memory, claim, now, policy) =>
    claim === null || !policy.leave
      ? idle(memory)
      : [{ ...memory, state: stateOf(claim.person, { is: "list" }, now, policy) }, []],

  touched: (memory, state, act, at, policy) => {
    // Nobody comes here without having shown who they are.
    if (state === null) return [memory, []];
    const to = (step: AbsenceStep): Step => [{ ...memory, state: stateOf(state.person, step, at, policy) }, []];
    const { step } = state;
    switch (act.act) {
      case "close":
        return idle(memory);
      case "ask":
        return step.is === "list" && mayAsk(memory, state, at, policy) ? to({ is: "kind" }) : [memory, []];
      case "kind":
        if (step.is !== "kind") return [memory, []];
        return to({ is: "first", k: act.k, week: mondayOf(today(at, policy)) });
      case "turn":
        if (step.is !== "first" && step.is !== "last") return [memory, []];
        return to({ ...step, week: weeksBeside(step.week, act.by, openIn(step, at, policy)) });
      case "day": {
        if (step.is !== "first" && step.is !== "last") return [memory, []];
        const { day } = act;
        const shown = weeksView(step.week, openIn(step, at, policy)).days;
        if (!shown.some((one) => one.day === day && one.isOpen)) return [memory, []];
        return step.is === "first"
          ? to({ is: "last", k: step.k, from: day, week: mondayOf(day) })
          : to({ is: "confirm", k: step.k, from: step.from, to: day });
      }
      case "cancel":
        return step.is === "list" && waiting(memory, state, at, policy).some(({ id }) => id === act.id)
          ? to({ is: "cancel", id: act.id })
          : [memory, []];
      case "confirm":
        return confirmed(memory, state, at, policy);
      case "back":
        return to(before(step));
    }
  },

  answered: (memory) => [memory, []],
  failed: (memory) => [memory, []],

  saved: (memory, note, { id, at }, policy) => {
    if (note.body.type !== "leave") return [memory, []];
    const { data } = note.body;
    const known = { ...memory, absence: withLeave(memory.absence, [{ type: "dev.lintel.leave.v1", id, data }]) };
    const { act: what, from, to } = data;
    return [told(known, data, { is: "told", what, from, to }, at, policy), []];
  },

  unsaved: (memory, note, at, policy) => [
    note.body.type === "leave" ? told(memory, note.body.data, { is: "not-saved" }, at, policy) : memory,
    [],
  ],

  ended: idle,

  view: (memory, state, policy) => ({
    at: "absence",
    name: maskedName(memory.people.get(state.person)?.displayName ?? "", policy.nameMasking),
    page: pageOf(memory, state),
  }),
};

function idle(memory: Memory): Step {
  return [{ ...memory, state: { at: "idle" } }, []];
}

const stateOf = (person: AbsenceState["person"], step: AbsenceStep, now: Stamp, policy: Policy): AbsenceState => ({
  ...{ at: "absence", person, step, today: today(now, policy) },
  untilMs: now.monoMs + policy.readMs,
});

const today = ({ utcMs }: Stamp, { timeZone }: Policy): string => dayAt(utcMs, timeZone);

const openIn = (step: Extract<AbsenceStep, { is: "first" | "last" }>, at: Stamp, policy: Policy): DaySpan =>
  step.is === "first" ? firstDays(today(at, policy)) : lastDays(step.from);

const listed = (memory: Memory, { person }: AbsenceState, day: string): readonly LeaveView[] => {
  const known = memory.people.get(person);
  return known === undefined ? [] : leaveOf(memory.absence, known, day);
};

const waiting = (memory: Memory, state: AbsenceState, at: Stamp, policy: Policy): readonly LeaveView[] =>
  listed(memory, state, today(at, policy)).filter((leave) => leave.state === "waiting");

const mayAsk = (memory: Memory, state: AbsenceState, at: Stamp, policy: Policy): boolean =>
  waiting(memory, state, at, policy).length < waitingMax;

function confirmed(memory: Memory, state: AbsenceState, at: Stamp, policy: Policy): Step {
  const { step, person } = state;
  if (step.is === "confirm") {
    const { k, from, to } = step;
    return save(memory, state, { sub: person, act: "asked", k, from, to }, at, policy);
  }
  if (step.is !== "cancel") return [memory, []];
  const leave = waiting(memory, state, at, policy).find(({ id }) => id === step.id);
  // The office decided in the meantime: what stands in the list now says so.
  if (leave === undefined) return [{ ...memory, state: stateOf(person, { is: "list" }, at, policy) }, []];
  const { id: ref, k, from, to } = leave;
  return save(memory, state, { sub: person, act: "cancelled", k, from, to, ref }, at, policy);
}

function save(memory: Memory, { person }: AbsenceState, data: LeaveData, at: Stamp, policy: Policy): Step {
  const draft: NoteDraft = { draft: "note", of: "absence", body: { type: "leave", data }, at };
  const saving = { ...stateOf(person, { is: "saving" }, at, policy), untilMs: at.monoMs + policy.saveMs };
  return [{ ...memory, state: saving }, [{ do: "save", draft }]];
}

/** Only whoever still stands there waiting for it is told. */
function told(memory: Memory, { sub }: LeaveData, step: AbsenceStep, at: Stamp, policy: Policy): Memory {
  const { state } = memory;
  const isTheirs = state.at === "absence" && state.person === sub && state.step.is === "saving";
  return isTheirs ? { ...memory, state: stateOf(sub, step, at, policy) } : memory;
}

function before(step: AbsenceStep): AbsenceStep {
  switch (step.is) {
    case "first":
      return { is: "kind" };
    case "last":
      return { is: "first", k: step.k, week: mondayOf(step.from) };
    case "confirm":
      return { is: "last", k: step.k, from: step.from, week: mondayOf(step.to) };
    case "saving":
      return step;
    default:
      return { is: "list" };
  }
}

function pageOf(memory: Memory, state: AbsenceState): AbsencePage {
  const { step, today: day } = state;
  switch (step.is) {
    case "list": {
      const person = memory.people.get(state.person);
      const asked = listed(memory, state, day);
      const canAsk = asked.filter((leave) => leave.state === "waiting").length < waitingMax;
      return { is: "list", balances: person === undefined ? [] : balancesOf(person), asked, canAsk };
    }
    case "first":
      return { is: "first", k: step.k, weeks: weeksView(step.week, firstDays(day)) };
    case "last":
      return { is: "last", k: step.k, from: step.from, weeks: weeksView(step.week, lastDays(step.from)) };
    case "confirm": {
      const asked = listed(memory, state, day).filter((leave) => leave.state !== "declined");
      return { ...step, days: lengthOf(step), overlaps: asked.some((leave) => overlaps(leave, step)) };
    }
    case "cancel": {
      const leave = listed(memory, state, day).find(({ id }) => id === step.id);
      return leave === undefined ? pageOf(memory, { ...state, step: { is: "list" } }) : { is: "cancel", leave };
    }
    default:
      return step;
  }
}
