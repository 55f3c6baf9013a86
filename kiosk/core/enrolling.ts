import type { EnrolOutcome, Step } from "./event.ts";
import type { Memory, State } from "./memory.ts";
import type { PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import { answered } from "./punch.ts";
import type { Sight } from "./sight.ts";
import { areEyesUp } from "./surroundings.ts";
import type { Stamp } from "./time.ts";

/**
 * The clock's part of a guided enrolment: it lends its eyes and its screen. Who is enrolled, and whether they agreed, is
 * the desk's business; the desk says at the end whose template was kept.
 */

type Enrolling = Extract<State, { at: "enrol" }>;

/** Making a template and writing it takes seconds; a desk that is not done by then will not be. */
const keepMs = 15_000;

/** Begins where nobody waits for an answer. A look may be ended by it: whoever steps up to be enrolled is looked at first. */
export function onEnrolBegin(memory: Memory, session: number, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  const isFree =
    state.at === "idle" ||
    state.at === "refused" ||
    state.at === "duplicate" ||
    state.at === "enrolled" ||
    (state.at === "thanks" && !state.changing) ||
    (state.at === "look" && state.claim === null) ||
    // Whoever has just agreed stands here and has asked for it.
    (state.at === "consent" && state.page.is === "busy");
  if (!isFree || !areEyesUp(memory)) return [memory, [{ do: "enrol", session, outcome: "interrupted" }]];
  const untilMs = at.monoMs + policy.enrolMs;
  return [{ ...memory, state: { at: "enrol", session, seen: null, isKeeping: false, untilMs } }, []];
}

export function onEnrolSeen(memory: Memory, state: Enrolling, sight: Sight, at: Stamp, policy: Policy): Step {
  const seen = sight.enrol;
  if (seen === null || seen.session !== state.session || state.isKeeping) return [memory, []];
  switch (seen.state) {
    case "going":
      return [{ ...memory, state: { ...state, seen } }, []];
    case "failed":
      return ended(memory, state, "failed", at, policy);
    case "done": {
      const keeping: Enrolling = { ...state, seen, isKeeping: true, untilMs: at.monoMs + keepMs };
      return [{ ...memory, state: keeping }, [{ do: "enrol", session: state.session, outcome: "ready" }]];
    }
  }
}

/** Without a template, as it stands on the screen for a while. The desk hears it once: after `ready` it knows better. */
export function ended(
  memory: Memory,
  state: Enrolling,
  outcome: Exclude<EnrolOutcome, "ready" | "interrupted">,
  at: Stamp,
  policy: Policy,
): Step {
  return [shown(memory, state.session, null, at, policy), told(state, outcome)];
}

/** Something more important came. */
export const interrupted = (memory: Memory, state: Enrolling): Step => [
  { ...memory, state: { at: "idle" } },
  told(state, "interrupted"),
];

const told = ({ session, isKeeping }: Enrolling, outcome: EnrolOutcome): Step[1] =>
  isKeeping ? [] : [{ do: "enrol", session, outcome }];

/** @param person whose template was kept; null where none was. */
export function onEnrolEnd(
  memory: Memory,
  session: number,
  person: PersonId | null,
  at: Stamp,
  policy: Policy,
): Memory {
  const { state } = memory;
  const isAwaited =
    (state.at === "enrol" && state.session === session) ||
    // It was given up here and kept all the same: the person shall know.
    (state.at === "enrolled" && state.session === session && person !== null);
  return isAwaited ? shown(memory, session, person, at, policy) : memory;
}

const shown = (memory: Memory, session: number, person: PersonId | null, at: Stamp, policy: Policy): Memory => ({
  ...answered(memory, at, person),
  state: { at: "enrolled", session, person, untilMs: at.monoMs + policy.refusedMs },
});

/** Whoever still stands there while this shows is the one it is about, and did not come to punch. */
export const lingered = (memory: Memory, { face, at }: Sight): Memory =>
  memory.state.at === "enrolled" && face !== null ? answered(memory, at, memory.state.person) : memory;
