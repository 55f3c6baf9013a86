import { without } from "./arrival.ts";
import { askedBefore, askingOf, kindSaid, missing, picked, timeSaid, timeStepped } from "./asking.ts";
import { bookOf } from "./attendance/attendance.ts";
import { transferTo } from "./attendance/jobs.ts";
import type { ChosenKind } from "./chosen.ts";
import { isBusy } from "./claim.ts";
import { newsAfterThanks } from "./consent/news.ts";
import { counterTouched } from "./counters.ts";
import { followersOf } from "./directions.ts";
import type { Draft, Proof } from "./draft.ts";
import { ended } from "./enrolling.ts";
import type { Step } from "./event.ts";
import { canTransfer, hoursOf } from "./hours.ts";
import type { Memory, State } from "./memory.ts";
import { musterPage, pageWithin } from "./muster.ts";
import { stepped } from "./open-shift-asked.ts";
import { overridden, overriddenBefore, overridePaged, overridePicked } from "./override.ts";
import { erased, typed } from "./pad.ts";
import { entered } from "./pin-check.ts";
import type { Policy } from "./policy.ts";
import { save } from "./punch.ts";
import { chosen, openAnswered, unsaid } from "./questions.ts";
import type { Stamp } from "./time.ts";
import type { Touch } from "./view.ts";
import { mayLeave, onErrand, onWay, onWays } from "./ways.ts";

/** Fingers on the screen. A touch that means nothing where the wall is now changes nothing. */
export function onTouch(memory: Memory, touch: Touch, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (touch.touch) {
    case "choose":
      return onChoose(memory, touch.kind, at, policy);
    case "retry":
      if (state.at !== "refused") return [memory, []];
      return [{ ...memory, state: { at: "idle" }, settled: null }, [{ do: "forget" }]];
    case "hold":
      return [held(memory, at), []];
    case "more-time":
      return [withMoreTime(memory, at), []];
    case "dismiss":
      return onDismiss(memory, at, policy);
    case "ways":
      return onWays(memory, at, policy);
    case "way":
      return onWay(memory, touch.way, at, policy);
    case "errand":
      return onErrand(memory, touch.errand, at, policy);
    case "digit":
      return [state.at === "pin" ? typed(memory, state, touch.digit, at, policy) : memory, []];
    case "erase":
      return [state.at === "pin" ? erased(memory, state, at, policy) : memory, []];
    case "enter":
      return state.at === "pin" ? entered(memory, state, at, policy) : [memory, []];
    case "without":
      return onWithout(memory, at, policy);
    case "not-me":
      return onNotMe(memory, at);
    case "jobs":
      return onJobs(memory, at, policy);
    case "request":
      if (state.at !== "hours") return [memory, []];
      return [{ ...memory, state: askingOf({ person: state.proof.person, days: state.sheet.days }, at, policy) }, []];
    case "pick":
      return onPick(memory, touch.id, at, policy);
    case "missing":
      return state.at === "request" ? missing(memory, state, at, policy) : [memory, []];
    case "step":
      if (state.at === "open-shift") {
        return [{ ...memory, state: stepped(state, touch.by, at.monoMs + policy.readMs) }, []];
      }
      return state.at === "request" ? timeStepped(memory, state, touch.by, at, policy) : [memory, []];
    case "confirm":
      if (state.at === "open-shift") {
        return openAnswered(memory, state, { is: "ended", atUtcMs: state.endUtcMs }, at, policy);
      }
      return state.at === "request" ? timeSaid(memory, state, true, at, policy) : [memory, []];
    case "unknown":
      if (state.at === "open-shift") return openAnswered(memory, state, { is: "unknown" }, at, policy);
      return state.at === "request" ? timeSaid(memory, state, false, at, policy) : [memory, []];
    case "same-shift":
      return state.at === "open-shift" ? openAnswered(memory, state, { is: "same-shift" }, at, policy) : [memory, []];
    case "page":
      return [onPage(memory, touch.page, at, policy), []];
    case "back":
      return onBack(memory, at, policy);
    case "consent":
    case "rights":
    case "guests":
    case "absence":
    case "alert":
      return state.at === touch.touch || mayLeave(state) ? counterTouched(memory, touch, at, policy) : [memory, []];
  }
}

/** As often as somebody likes. A look is not among them: its end is a safeguard, and it can be begun again. */
function withMoreTime(memory: Memory, at: Stamp): Memory {
  const { state } = memory;
  switch (state.at) {
    case "thanks":
      return held(memory, at);
    case "starting":
    case "idle":
    case "look":
    case "saving":
    case "enrol":
      return memory;
    default:
      return { ...memory, state: { ...state, untilMs: Math.max(state.untilMs, at.monoMs + heldMs) } };
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
    case "starting":
    case "idle":
    case "look":
    case "saving":
      return [memory, []];
    case "thanks":
      // What is on its way to the disk is shown when it is there.
      if (state.changing) return [memory, []];
      return newsAfterThanks(memory, at) ?? [{ ...memory, state: { at: "idle" } }, []];
    case "enrol":
      // What is being kept cannot be called back with a finger; the operator can withdraw it.
      return state.isKeeping ? [memory, []] : ended(memory, state, "cancelled", at, policy);
    default:
      return isBusy(state) ? [memory, []] : unsaid(memory, at, policy);
  }
}

function onChoose(memory: Memory, kind: ChosenKind, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (state.at) {
    case "thanks": {
      if (state.changing || kind === state.kind || state.kind === "transfer") return [memory, []];
      const draft: Draft = { draft: "correction", person: state.person, kind, ref: state.id, at };
      const untilMs = Math.max(at.monoMs + policy.thanksMs, state.held ? state.untilMs : 0);
      const changing: State = { ...state, changing: true, untilMs };
      return [{ ...memory, state: changing }, [{ do: "save", draft }]];
    }
    case "duplicate":
      if (!followersOf(state.last.kind).includes(kind)) return [memory, []];
      return save(memory, { draft: "punch", ...state.proof, kind, inferred: false, at }, at, policy);
    case "choose":
      return state.kinds.includes(kind) ? chosen(memory, state, kind, false, at, policy) : [memory, []];
    case "request":
      return kindSaid(memory, state, kind, at, policy);
    case "override":
      return overridden(memory, state, kind, at, policy);
    default:
      return [memory, []];
  }
}

/** Going on without the face, the badge or the PIN that is wanted too is everybody's right, and asks nobody. */
function onWithout(memory: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (state.at === "pin" && state.claim !== null && state.ticket === null) {
    return without(memory, state.claim, "pin-missing", at, policy);
  }
  const isAsked = state.at === "also" || (state.at === "look" && state.claim !== null);
  return isAsked ? unsaid(memory, at, policy) : [memory, []];
}

/** The punch stays in the journal for ever; what is added says whose it was not. */
function onNotMe(memory: Memory, at: Stamp): Step {
  const { state } = memory;
  if (state.at !== "thanks" || state.changing) return [memory, []];
  const { person, id: ref, untilMs } = state;
  const data = { ref, kind: "unknown", sub: person, reason: "not-me", by: "self" } as const;
  const changing: State = { ...state, changing: true, untilMs: Math.max(untilMs, at.monoMs + undoMs) };
  return [{ ...memory, state: changing }, [{ do: "save", draft: { draft: "request", person, data, at } }]];
}

/** A commit that takes longer is not waited for on the screen. */
const undoMs = 5_000;

function onJobs(memory: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  const proof: Proof | null = (state.at === "thanks" && !state.changing) || state.at === "hours" ? state.proof : null;
  if (proof === null || !canTransfer(memory, proof.person, policy)) return [memory, []];
  return [{ ...memory, state: { at: "job", proof, untilMs: at.monoMs + policy.readMs } }, []];
}

function onPick(memory: Memory, id: string, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (state.at) {
    case "request":
      return picked(memory, state, id, at, policy);
    case "override":
      return [overridePicked(memory, state, id, at, policy), []];
    case "job": {
      const { proof } = state;
      const wish = transferTo(id, policy.jobs, bookOf(memory.attendance, proof.person));
      return wish === null
        ? [memory, []]
        : save(memory, { draft: "punch", ...proof, ...wish, inferred: false, at }, at, policy);
    }
    default:
      return [memory, []];
  }
}

function onPage(memory: Memory, page: number, at: Stamp, policy: Policy): Memory {
  const { state } = memory;
  if (state.at === "override") return overridePaged(memory, state, page, at, policy);
  if (state.at !== "muster") return memory;
  const shown = pageWithin(page, state.lines.length, musterPage);
  return { ...memory, state: { ...state, page: shown, untilMs: Math.max(state.untilMs, at.monoMs + policy.readMs) } };
}

function onBack(memory: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (state.at) {
    case "request": {
      const before = askedBefore(state, at, policy);
      return before === null ? unsaid(memory, at, policy) : [{ ...memory, state: before }, []];
    }
    case "override": {
      const before = overriddenBefore(state);
      const untilMs = at.monoMs + policy.readMs;
      return before === null ? unsaid(memory, at, policy) : [{ ...memory, state: { ...before, untilMs } }, []];
    }
    case "job":
      return [hoursOf(memory, state.proof, at, policy), []];
    case "pin":
      return state.claim === null && state.ticket === null
        ? onWays({ ...memory, state: { at: "idle" } }, at, policy, state.errand)
        : [memory, []];
    default:
      return [memory, []];
  }
}
