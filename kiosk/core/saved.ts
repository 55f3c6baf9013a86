import { attendanceOf } from "./attendance/attendance.ts";
import type { Written } from "./attendance/marks.ts";
import { bodyOf, type PunchDraft } from "./draft.ts";
import type { Event } from "./event.ts";
import type { RoomState } from "./health.ts";
import type { Memory, State } from "./memory.ts";
import { looked } from "./onlooking.ts";
import type { Policy } from "./policy.ts";
import { refused } from "./punch.ts";
import { askedIn } from "./questions.ts";
import { type Stamp, utcText } from "./time.ts";

/** What the disk answered. Thanks exists only here. */

export function onSaved(memory: Memory, event: Extract<Event, { kind: "saved" }>, policy: Policy): Memory {
  const { draft, at, id, position, rh } = event;
  const { state } = memory;
  const health = { ...memory.health, journal: { is: "up" } } as const;
  const attendance = attendanceOf([writtenOf(event, memory, policy)], memory.attendance);
  const known: Memory = { ...memory, health, attendance };
  const untilMs = at.monoMs + policy.thanksMs;
  switch (draft.draft) {
    // What a counter wrote is answered there.
    case "note":
    // About nobody, so nobody's screen changes.
    case "alarm":
      return known;
    case "look":
      return looked(known, draft, at, policy);
    case "correction": {
      const { kind } = draft;
      if (state.at !== "thanks" || state.id !== draft.ref) return known;
      const changed = { kind, position, rh, changed: true, changing: false, receivedAt: null } as const;
      return { ...known, state: { ...state, ...changed, untilMs: Math.max(untilMs, state.held ? state.untilMs : 0) } };
    }
    case "request": {
      const { person, data } = draft;
      const isUndone = state.at === "thanks" && state.changing && state.id === data.ref;
      const isAsked = state.at === "saving" && state.draft === draft;
      if (isUndone) return withMistake(known, state, at, policy);
      return isAsked ? { ...known, state: { at: "told", what: "asked", person, untilMs } } : known;
    }
    case "punch": {
      if (isTaken(state, draft)) return known;
      const { person, kind, sup, job = null, at: punchedAt } = draft;
      if (sup !== undefined) return { ...known, state: { at: "told", what: "punched", person, untilMs } };
      const { methods, assure, flags } = draft;
      const thanks: State = {
        at: "thanks",
        ...{ person, kind, job, punchedAt, id, position, rh },
        proof: { person, methods, assure, flags },
        changed: false,
        changing: false,
        receivedAt: null,
        held: false,
        sinceMs: at.monoMs,
        untilMs,
      };
      return { ...known, state: thanks };
    }
  }
}

/** The record, as attendance reads it. */
function writtenOf(
  { draft, id, position }: Extract<Event, { kind: "saved" }>,
  { moment }: Memory,
  policy: Policy,
): Written {
  const { type, data } = bodyOf(draft, policy, moment);
  return { id, ...position, type: `dev.lintel.${type}.v1`, time: utcText(draft.at.utcMs), data };
}

/** For so long the next one to show a badge, a PIN or a pass may be the one who was taken for somebody else. */
const mistakenMs = 60_000;

/** Their face alone decides nothing from now on; who it was taken for is known once they show another way. */
function withMistake(
  memory: Memory,
  { person, proof }: Extract<State, { at: "thanks" }>,
  at: Stamp,
  policy: Policy,
): Memory {
  const told: Memory = {
    ...memory,
    state: { at: "told", what: "not-me", person, untilMs: at.monoMs + policy.thanksMs },
  };
  if (!proof.methods.includes("face") || proof.methods.length > 1) return told;
  return {
    ...told,
    mistaken: { person, untilMs: at.monoMs + mistakenMs },
    doubted: new Set([...memory.doubted, person]),
    lookAlikes: new Set([...memory.lookAlikes, person]),
  };
}

export function onSaveFailed(memory: Memory, event: Extract<Event, { kind: "save-failed" }>, policy: Policy): Memory {
  const { code, remedy, at, draft } = event;
  const journal: RoomState = { is: "down", code, remedy };
  const ill: Memory = { ...memory, health: { ...memory.health, journal } };
  const { state } = ill;
  switch (draft.draft) {
    case "note":
    case "alarm":
      return ill;
    case "correction":
      // A change that could not be written leaves the punch as it was, and the punch is safe.
      return { ...ill, state: state.at === "thanks" ? { ...state, changing: false } : state };
    case "request":
      if (state.at === "thanks") return { ...ill, state: { ...state, changing: false } };
      return state.at === "saving" && state.draft === draft ? refused(ill, "not-saved", at, at, policy) : ill;
    case "look":
      return state.at === "saving" && state.draft === draft ? refused(ill, "not-saved", at, at, policy) : ill;
    case "punch":
      return isTaken(state, draft) ? ill : refused(ill, "not-saved", at, at, policy);
  }
}

/**
 * The answer came so late that the person was already told "not saved", and the screen is somebody else's: a badge that
 * waits for its face, or for the disk, is not forgotten for it.
 */
const isTaken = (state: State, draft: PunchDraft): boolean =>
  state.at === "enrol" ||
  askedIn(state) !== null ||
  byHand.has(state.at) ||
  (state.at === "saving" && state.draft !== draft);

const byHand: ReadonlySet<State["at"]> = new Set([
  "ways",
  "pin",
  "hours",
  "job",
  "request",
  "told",
  "muster",
  "override",
]);
