import { followersOf, suggestKind } from "./directions.ts";
import type { Draft, PunchDraft } from "./draft.ts";
import { assuranceOf, isStill, sureOf, whyNot } from "./face-evidence.ts";
import type { FaultCode } from "./fault.ts";
import type { Room, RoomState } from "./health.ts";
import type { Memory, Settled, State } from "./memory.ts";
import { withPeople } from "./memory.ts";
import type { Person, PersonId } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Tap, UplinkNews } from "./ports.ts";
import type { Assurance, Position } from "./record.ts";
import type { FaceSeen, Sight } from "./sight.ts";
import { withNews, withRoom } from "./surroundings.ts";
import type { Stamp } from "./time.ts";
import type { ChosenKind, RefusedWhy, Touch } from "./view.ts";

/**
 * The punch decision. `step` is pure and total: the same memory, event and policy give the same answer; it never throws,
 * waits or looks at a clock. Whatever it wants done comes back as data, and the result re-enters as an event.
 */

export type Event =
  | { readonly kind: "ready"; readonly at: Stamp }
  | { readonly kind: "people"; readonly people: readonly Person[]; readonly at: Stamp }
  | { readonly kind: "sight"; readonly sight: Sight; readonly at: Stamp }
  | { readonly kind: "tap"; readonly tap: Tap; readonly at: Stamp }
  | { readonly kind: "touch"; readonly touch: Touch; readonly at: Stamp }
  /** Exists only after COMMIT returned with the bytes on the disk. */
  | {
      readonly kind: "saved";
      readonly draft: Draft;
      readonly id: string;
      readonly position: Position;
      readonly rh: string;
      readonly at: Stamp;
    }
  | {
      readonly kind: "save-failed";
      readonly draft: Draft;
      readonly code: FaultCode;
      readonly remedy: string;
      readonly at: Stamp;
    }
  | { readonly kind: "uplink"; readonly news: UplinkNews; readonly at: Stamp }
  | { readonly kind: "room"; readonly room: Room; readonly state: RoomState; readonly at: Stamp }
  /** The deadline that `deadlineOf` gave has come. */
  | { readonly kind: "tick"; readonly at: Stamp };

export type Effect =
  | { readonly do: "save"; readonly draft: Draft }
  /** Begin the next look with nothing of this one. */
  | { readonly do: "forget" };

export type Step = readonly [Memory, readonly Effect[]];

/** After this long a face that could not be looked at again is somebody new until shown otherwise. */
const trustMs = 10_000;
/** More taps than this in the time of one commit are not people. */
const tapsMax = 64;
/** A face not seen for this long has left: its track is no longer a reason to stay quiet. */
const presentMs = 1_500;
/** Thanks stays at least this long before the next person's face may take the screen. */
const thanksAtLeastMs = 1_600;

export function step(memory: Memory, event: Event, policy: Policy): Step {
  switch (event.kind) {
    case "ready":
      return memory.state.at === "starting"
        ? nextTaps([{ ...memory, state: { at: "idle" } }, []], policy)
        : [memory, []];
    case "people":
      return [withPeople(memory, event.people), []];
    case "sight":
      return onSight(noticed(memory, event.sight), event.sight, policy);
    case "tap":
      return onTap(memory, event.tap, policy);
    case "touch":
      return onTouch(memory, event.touch, event.at, policy);
    case "saved":
      return nextTaps(onSaved(memory, event, policy), policy);
    case "save-failed":
      return nextTaps(onSaveFailed(memory, event, policy), policy);
    case "uplink":
      return [withNews(memory, event.news, event.at), []];
    case "room":
      return [withRoom(memory, event.room, event.state), []];
    case "tick":
      return onTick(memory, event.at, policy);
  }
}

/** When the loop should send a tick, in monotonic milliseconds; null while nothing is waited for. */
export function deadlineOf(memory: Memory, policy: Policy): number | null {
  const { state } = memory;
  switch (state.at) {
    case "starting":
    case "idle":
      return null;
    case "look":
      return Math.min(state.sinceMs + policy.lookMs, state.seenMs + policy.leaveMs);
    case "saving":
    case "thanks":
    case "refused":
    case "duplicate":
      return state.untilMs;
  }
}

/* ---- faces ---- */

function noticed(memory: Memory, { face, at }: Sight): Memory {
  if (face !== null) return { ...memory, present: { track: face.track, seenMs: at.monoMs } };
  const gone = memory.present !== null && at.monoMs - memory.present.seenMs > presentMs;
  return gone ? { ...memory, present: null, settled: null } : memory;
}

function onSight(memory: Memory, sight: Sight, policy: Policy): Step {
  const { state } = memory;
  const { face, at } = sight;
  const isNewVisit = face !== null && face.track !== memory.settled?.track;
  switch (state.at) {
    case "idle":
      return isNewVisit ? [beginLook(memory, face, at), []] : onLingering(memory, face, at);
    case "thanks":
      // The next person starts while the last thanks still shows.
      return isNewVisit && at.monoMs - state.sinceMs >= thanksAtLeastMs
        ? [beginLook(memory, face, at), []]
        : [memory, []];
    case "look":
      return onLook(memory, state, sight, policy);
    case "starting":
    case "saving":
    case "refused":
    case "duplicate":
      return [memory, []];
  }
}

const beginLook = (memory: Memory, face: FaceSeen, at: Stamp): Memory => ({
  ...memory,
  state: { at: "look", sinceMs: at.monoMs, seenMs: at.monoMs, face },
});

/** The visit had its answer; but is it still the same person who stands there? If not, it is a visit of its own. */
function onLingering(memory: Memory, face: FaceSeen | null, at: Stamp): Step {
  const { settled } = memory;
  if (face === null || settled === null || settled.thanked === null) return [memory, []];
  if (isStill(face, settled.thanked)) return [{ ...memory, settled: { ...settled, sinceMs: at.monoMs } }, []];
  // Somebody who turns away cannot be told from the next person for a while; a stranger's frames agree on nobody.
  const isDoubtful = face.progress >= 1 || at.monoMs - settled.sinceMs >= trustMs;
  return isDoubtful ? [beginLook({ ...memory, settled: null }, face, at), []] : [memory, []];
}

function onLook(memory: Memory, state: Extract<State, { at: "look" }>, { face, at }: Sight, policy: Policy): Step {
  if (face === null) return lookOver(memory, { ...state, face: null }, at, policy);
  const person = sureOf(face, memory.people, policy);
  if (person === null) return lookOver(memory, { ...state, seenMs: at.monoMs, face }, at, policy);
  return facePunch(memory, face, person, at, policy);
}

function facePunch(memory: Memory, face: FaceSeen, person: PersonId, at: Stamp, policy: Policy): Step {
  const assure: Assurance = { match: assuranceOf(face), live: "pass", card: "none" };
  const settled: Settled = { track: face.track, thanked: person, sinceMs: at.monoMs };
  return punch({ ...memory, settled }, person, "face", assure, at, policy);
}

/** One blurred frame refuses nobody: a spoof or a stranger runs into the deadline instead. */
function lookOver(memory: Memory, state: Extract<State, { at: "look" }>, at: Stamp, policy: Policy): Step {
  if (at.monoMs - state.seenMs >= policy.leaveMs) return [{ ...memory, state: { at: "idle" } }, []];
  if (at.monoMs - state.sinceMs < policy.lookMs) return [{ ...memory, state }, []];
  return [refused(answered(memory, at), whyNot(state.face, policy), at, policy), []];
}

/** This visit has its answer, whatever it was; the face that is there is not asked again. */
const answered = (memory: Memory, at: Stamp): Memory =>
  memory.present === null
    ? memory
    : { ...memory, settled: { track: memory.present.track, thanked: null, sinceMs: at.monoMs } };

const refused = (memory: Memory, why: RefusedWhy, since: Stamp, policy: Policy): Memory => ({
  ...memory,
  state: { at: "refused", why, since, untilMs: since.monoMs + policy.refusedMs },
});

/* ---- badges ---- */

function onTap(memory: Memory, tap: Tap, policy: Policy): Step {
  if (isBusy(memory.state)) return [{ ...memory, taps: [...memory.taps, tap].slice(0, tapsMax) }, []];
  const settled = answered(memory, tap.at);
  const person = memory.personByBadge.get(tap.badge);
  if (person === undefined) return [refused(settled, "badge-unknown", tap.at, policy), []];
  return punch(settled, person, "card", { match: "none", live: "na", card: "static" }, tap.at, policy);
}

/** Taps that waited are answered in order, until one of them makes the disk busy again. */
function nextTaps([memory, effects]: Step, policy: Policy): Step {
  const [tap, ...taps] = memory.taps;
  if (tap === undefined || isBusy(memory.state)) return [memory, effects];
  const [after, more] = onTap({ ...memory, taps }, tap, policy);
  return nextTaps([after, [...effects, ...more]], policy);
}

/** While the disk is busy, or before people are known, a tap waits its turn; it is never dropped. */
const isBusy = (state: State): boolean =>
  state.at === "starting" || state.at === "saving" || (state.at === "thanks" && state.changing);

/* ---- the punch ---- */

function punch(
  memory: Memory,
  person: PersonId,
  method: PunchDraft["method"],
  assure: Assurance,
  at: Stamp,
  policy: Policy,
): Step {
  const last = memory.lastPunches.get(person);
  const isDuplicate = last !== undefined && Math.abs(at.utcMs - last.utcMs) < policy.duplicateWindowMs;
  if (isDuplicate) {
    const untilMs = at.monoMs + policy.duplicateMs;
    return [{ ...memory, state: { at: "duplicate", person, last, method, assure, untilMs } }, []];
  }
  const kind = suggestKind(last, at.utcMs);
  return save(memory, { draft: "punch", person, kind, inferred: true, method, assure, at }, policy);
}

const save = (memory: Memory, draft: Draft, policy: Policy): Step => [
  { ...memory, state: { at: "saving", draft, untilMs: draft.at.monoMs + policy.saveMs } },
  [{ do: "save", draft }],
];

function onSaved(memory: Memory, event: Extract<Event, { kind: "saved" }>, policy: Policy): Step {
  const { draft, at } = event;
  const { person, kind } = draft;
  const healthy: Memory = { ...memory, health: { ...memory.health, journal: { is: "up" } } };
  const utcMs = draft.draft === "punch" ? draft.at.utcMs : (memory.lastPunches.get(person)?.utcMs ?? draft.at.utcMs);
  const lastPunches = new Map(memory.lastPunches).set(person, { kind, utcMs });
  const untilMs = at.monoMs + policy.thanksMs;
  if (draft.draft === "correction") {
    const { state } = memory;
    const shown = state.at === "thanks" && state.id === draft.ref;
    const changed = {
      kind,
      position: event.position,
      rh: event.rh,
      changed: true,
      changing: false,
      receivedAt: null,
      untilMs,
    };
    return [{ ...healthy, lastPunches, state: shown ? { ...state, ...changed } : state }, []];
  }
  const state: State = {
    at: "thanks",
    person,
    kind,
    punchedAt: draft.at,
    id: event.id,
    position: event.position,
    rh: event.rh,
    changed: false,
    changing: false,
    receivedAt: null,
    sinceMs: at.monoMs,
    untilMs,
  };
  return [{ ...healthy, lastPunches, state }, []];
}

function onSaveFailed(memory: Memory, event: Extract<Event, { kind: "save-failed" }>, policy: Policy): Step {
  const { code, remedy, at, draft } = event;
  const journal: RoomState = { is: "down", code, remedy };
  const ill: Memory = { ...memory, health: { ...memory.health, journal } };
  const { state } = ill;
  // A change that could not be written leaves the punch as it was, and the punch is safe.
  if (draft.draft === "correction") {
    return [{ ...ill, state: state.at === "thanks" ? { ...state, changing: false } : state }, []];
  }
  return [refused(ill, "not-saved", at, policy), []];
}

/* ---- fingers ---- */

function onTouch(memory: Memory, touch: Touch, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  switch (touch.touch) {
    case "choose":
      return onChoose(memory, touch.kind, at, policy);
    case "retry":
      if (state.at !== "refused") return [memory, []];
      return [{ ...memory, state: { at: "idle" }, settled: null }, [{ do: "forget" }]];
    case "dismiss":
      return state.at === "thanks" || state.at === "refused" || state.at === "duplicate"
        ? [{ ...memory, state: { at: "idle" } }, []]
        : [memory, []];
  }
}

function onChoose(memory: Memory, kind: ChosenKind, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  if (state.at === "thanks" && !state.changing && kind !== state.kind) {
    const draft: Draft = { draft: "correction", person: state.person, kind, ref: state.id, at };
    const changing: State = { ...state, changing: true, untilMs: at.monoMs + policy.thanksMs };
    return [{ ...memory, state: changing }, [{ do: "save", draft }]];
  }
  if (state.at === "duplicate" && followersOf(state.last.kind).includes(kind)) {
    const { person, method, assure } = state;
    return save(memory, { draft: "punch", person, kind, inferred: false, method, assure, at }, policy);
  }
  return [memory, []];
}

/* ---- time ---- */

function onTick(memory: Memory, at: Stamp, policy: Policy): Step {
  const { state } = memory;
  const deadlineMs = deadlineOf(memory, policy);
  if (deadlineMs === null || at.monoMs < deadlineMs) return [memory, []];
  switch (state.at) {
    case "look":
      return lookOver(memory, state, at, policy);
    case "saving":
      // The commit may still come: then thanks is shown after all. Until it does, nobody is told that it is safe.
      return [refused(memory, "not-saved", at, policy), []];
    case "thanks":
    case "refused":
    case "duplicate":
      return [{ ...memory, state: { at: "idle" } }, []];
    case "starting":
    case "idle":
      return [memory, []];
  }
}
