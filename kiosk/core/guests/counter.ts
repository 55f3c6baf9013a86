import type { Counter } from "../counter.ts";
import type { GuestsAnswer, GuestsState } from "./types.ts";
import type { GuestsAct, GuestsView } from "./view.ts";

export const guests: Counter<GuestsState, GuestsView, GuestsAct, GuestsAnswer> = {
  begun: (memory) => [memory, []],
  touched: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  answered: (memory) => [memory, []],
  failed: (memory) => [memory, []],
  saved: (memory) => [memory, []],
  unsaved: (memory) => [memory, []],
  ended: (memory) => [{ ...memory, state: { at: "idle" } }, []],
  view: () => ({ at: "guests", page: { is: "start" } }),
};
