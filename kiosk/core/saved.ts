import type { PunchDraft } from "./draft.ts";
import type { Event } from "./event.ts";
import type { RoomState } from "./health.ts";
import type { Memory, State } from "./memory.ts";
import type { Policy } from "./policy.ts";
import { refused } from "./punch.ts";

/** What the disk answered. Thanks exists only here. */

export function onSaved(memory: Memory, event: Extract<Event, { kind: "saved" }>, policy: Policy): Memory {
  const { draft, at, id, position, rh } = event;
  const { state } = memory;
  const healthy: Memory = { ...memory, health: { ...memory.health, journal: { is: "up" } } };
  const untilMs = at.monoMs + policy.thanksMs;
  switch (draft.draft) {
    // About nobody, so nobody's screen changes.
    case "alarm":
      return healthy;
    case "correction": {
      const { person, kind } = draft;
      // The kind is corrected; the moment stays that of the punch.
      const utcMs = memory.lastPunches.get(person)?.utcMs ?? draft.at.utcMs;
      const lastPunches = new Map(memory.lastPunches).set(person, { kind, utcMs });
      const isShown = state.at === "thanks" && state.id === draft.ref;
      if (!isShown) return { ...healthy, lastPunches };
      const changed = { kind, position, rh, changed: true, changing: false, receivedAt: null } as const;
      const shown: State = { ...state, ...changed, untilMs: Math.max(untilMs, state.held ? state.untilMs : 0) };
      return { ...healthy, lastPunches, state: shown };
    }
    case "punch": {
      const { person, kind } = draft;
      const lastPunches = new Map(memory.lastPunches).set(person, { kind, utcMs: draft.at.utcMs });
      const thanks: State = {
        at: "thanks",
        person,
        kind,
        punchedAt: draft.at,
        id,
        position,
        rh,
        changed: false,
        changing: false,
        receivedAt: null,
        held: false,
        sinceMs: at.monoMs,
        untilMs,
      };
      return { ...healthy, lastPunches, state: isTaken(state, draft) ? state : thanks };
    }
  }
}

export function onSaveFailed(memory: Memory, event: Extract<Event, { kind: "save-failed" }>, policy: Policy): Memory {
  const { code, remedy, at, draft } = event;
  const journal: RoomState = { is: "down", code, remedy };
  const ill: Memory = { ...memory, health: { ...memory.health, journal } };
  const { state } = ill;
  switch (draft.draft) {
    case "alarm":
      return ill;
    case "correction":
      // A change that could not be written leaves the punch as it was, and the punch is safe.
      return { ...ill, state: state.at === "thanks" ? { ...state, changing: false } : state };
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
  (state.at === "look" && state.claim !== null) ||
  (state.at === "saving" && state.draft !== draft);
