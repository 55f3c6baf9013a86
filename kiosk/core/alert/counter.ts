import type { Counter } from "../counter.ts";
import type { AlertAnswer, AlertState } from "./types.ts";
import type { AlertAct, AlertView } from "./view.ts";

export const alert: Counter<AlertState, AlertView, AlertAct, AlertAnswer> = {
  begun: (memory, claim, now, policy) => [
    { ...memory, state: { at: "alert", person: claim?.person ?? null, untilMs: now.monoMs + policy.readMs } },
    [],
  ],
  touched: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  answered: (memory) => [memory, []],
  failed: (memory) => [memory, []],
  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: () => ({ at: "alert", name: "" }),
};
