import { followersOf } from "./directions.ts";
import type { Draft } from "./draft.ts";
import { ended } from "./enrolling.ts";
import type { Step } from "./event.ts";
import type { Memory, State } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { save } from "./punch.ts";
import type { Stamp } from "./time.ts";
import type { ChosenKind, Touch } from "./view.ts";

/** Fingers on the screen. */
export function onTouch(memory: Memory, touch: Touch, at: Stamp, policy: Policy): Step {
  switch (touch.touch) {
    case "choose":
      return onChoose(memory, touch.kind, at, policy);
    case "retry":
      if (memory.state.at !== "refused") return [memory, []];
      return [{ ...memory, state: { at: "idle" }, settled: null }, [{ do: "forget" }]];
    case "hold":
      return [held(memory, at), []];
    case "more-time":
      return [withMoreTime(memory, at), []];
    case "dismiss":
      return onDismiss(memory, at, policy);
  }
}

/** As often as somebody likes. A look is not among them: its end is a safeguard, and it can be begun again. */
function withMoreTime(memory: Memory, at: Stamp): Memory {
  const { state } = memory;
  switch (state.at) {
    case "thanks":
      return held(memory, at);
    case "refused":
    case "duplicate":
    case "enrolled":
      return { ...memory, state: { ...state, untilMs: Math.max(state.untilMs, at.monoMs + heldMs) } };
    default:
      return memory;
  }
}

/** Long enough to find the phone. The next person's badge or face still takes the screen at once. */
const heldMs = 30_000;

function held(memory: Memory, at: Stamp): Memory {
  const { state } = memory;
  if (state.at !== "thanks") return memory;
  return { ...memory, state: { ...state, held: true, untilMs: Math.max(state.untilMs, at.monoMs + heldMs) } };
}

function onDismiss(memory: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (state.at) {
    case "thanks":
    case "refused":
    case "duplicate":
    case "enrolled":
      return [{ ...memory, state: { at: "idle" } }, []];
    case "enrol":
      // What is being kept cannot be called back with a finger; the operator can withdraw it.
      return state.isKeeping ? [memory, []] : ended(memory, state, "cancelled", at, policy);
    default:
      return [memory, []];
  }
}

function onChoose(memory: Memory, kind: ChosenKind, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (state.at === "thanks" && !state.changing && kind !== state.kind) {
    const draft: Draft = { draft: "correction", person: state.person, kind, ref: state.id, at };
    const untilMs = Math.max(at.monoMs + policy.thanksMs, state.held ? state.untilMs : 0);
    const changing: State = { ...state, changing: true, untilMs };
    return [{ ...memory, state: changing }, [{ do: "save", draft }]];
  }
  if (state.at === "duplicate" && followersOf(state.last.kind).includes(kind)) {
    return save(memory, { draft: "punch", ...state.proof, kind, inferred: false, at }, at, policy);
  }
  return [memory, []];
}
