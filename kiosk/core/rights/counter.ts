import type { Counter } from "../counter.ts";
import type { RightsAnswer, RightsState } from "./types.ts";
import type { RightsAct, RightsView } from "./view.ts";

export const rights: Counter<RightsState, RightsView, RightsAct, RightsAnswer> = {
  begun: (memory, claim, now, policy) => [
    { ...memory, state: { at: "rights", person: claim?.person ?? null, untilMs: now.monoMs + policy.readMs } },
    [],
  ],
  touched: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  answered: (memory) => [memory, []],
  failed: (memory) => [memory, []],
  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: () => ({ at: "rights", name: "" }),
};
