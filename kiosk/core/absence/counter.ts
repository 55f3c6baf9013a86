import type { Counter } from "../counter.ts";
import type { AbsenceAnswer, AbsenceState } from "./types.ts";
import type { AbsenceAct, AbsenceView } from "./view.ts";

export const absence: Counter<AbsenceState, AbsenceView, AbsenceAct, AbsenceAnswer> = {
  begun: (memory, claim, now, policy) => [
    { ...memory, state: { at: "absence", person: claim?.person ?? null, untilMs: now.monoMs + policy.readMs } },
    [],
  ],
  touched: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  answered: (memory) => [memory, []],
  failed: (memory) => [memory, []],
  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: () => ({ at: "absence", name: "" }),
};
