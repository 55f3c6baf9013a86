import type { Counter } from "../counter.ts";
import type { ConsentAnswer, ConsentState } from "./types.ts";
import type { ConsentAct, ConsentView } from "./view.ts";

export const consent: Counter<ConsentState, ConsentView, ConsentAct, ConsentAnswer> = {
  begun: (memory, claim, now, policy) => [
    { ...memory, state: { at: "consent", person: claim?.person ?? null, untilMs: now.monoMs + policy.readMs } },
    [],
  ],
  touched: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  answered: (memory) => [memory, []],
  failed: (memory) => [memory, []],
  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: () => ({ at: "consent", name: "" }),
};
