import { cardHash } from "../../../kiosk/core/card.ts";
import type { ChosenKind } from "../../../kiosk/core/chosen.ts";
import type { PunchDraft } from "../../../kiosk/core/draft.ts";
import type { Effect, Event } from "../../../kiosk/core/event.ts";
import type { Room, RoomState } from "../../../kiosk/core/health.ts";
import { blankMemory, type Memory, withPeople } from "../../../kiosk/core/memory.ts";
import { type Person, personId } from "../../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../../kiosk/core/policy.ts";
import type { ChallengeSeen, EnrolSeen, FaceSeen } from "../../../kiosk/core/sight.ts";
import { step } from "../../../kiosk/core/station.ts";
import type { Stamp } from "../../../kiosk/core/time.ts";
import type { Touch } from "../../../kiosk/core/view.ts";

/** A wall with two people and one clock, told in events. Times are milliseconds since it was put up. */

/** Chance asks nobody, unless a test says so. */
export const policy: Policy = { ...defaultPolicy, timeZone: "Europe/Berlin", challengeShare: 0 };
export const startMs = Date.UTC(2026, 10, 23, 7, 57);
export const at = (ms: number): Stamp => ({ utcMs: startMs + ms, monoMs: ms });

const person = (id: string, displayName: string, badge: string): Person => ({
  id: personId(id),
  displayName,
  badges: [cardHash(badge)],
  lookAlikes: [],
});
export const ana = person("p_00000000000000000ana", "Ana Morales", "4711");
export const bo = person("p_000000000000000000b0", "Bo", "4712");
/** Zed looks like Ana. */
export const zed: Person = { ...person("p_00000000000000000zed", "Zed", "4713"), lookAlikes: [ana.id] };

export const room = (ms: number, name: Room, is: "up" | "starting" | "none" | "down" = "down"): Event => {
  const state: RoomState = is === "down" ? { is, code: "camera-lost", remedy: "Replug it." } : { is };
  return { kind: "room", room: name, state, at: at(ms) };
};

export const ready = (memory: Memory = blankMemory, people: readonly Person[] = [ana, bo]): Memory =>
  play(withPeople(memory, people), room(0, "camera", "up"), room(0, "engine", "up"), room(0, "journal", "up"), {
    kind: "ready",
    at: at(0),
  }).memory;

export interface Played {
  readonly memory: Memory;
  readonly effects: readonly Effect[];
}

export const play = (start: Memory, ...events: readonly Event[]): Played => playWith(policy, start, ...events);

export function playWith(rules: Policy, start: Memory, ...events: readonly Event[]): Played {
  let memory = start;
  const effects: Effect[] = [];
  for (const event of events) {
    const [next, more] = step(memory, event, rules);
    memory = next;
    effects.push(...more);
  }
  return { memory, effects };
}

/** The punches among the effects. */
export const punches = (effects: readonly Effect[]): readonly PunchDraft[] =>
  effects.flatMap((effect) => (effect.do === "save" && effect.draft.draft === "punch" ? [effect.draft] : []));

export const saved = (effect: Effect | undefined, seq: number, ms: number): Event => {
  if (effect?.do !== "save") throw new Error("nothing was to be saved");
  return {
    kind: "saved",
    draft: effect.draft,
    id: `id-${seq}`,
    position: { epoch: 1, seq },
    rh: "A".repeat(43),
    at: at(ms),
  };
};

export const tap = (badge: string, ms: number): Event => ({
  kind: "tap",
  tap: { badge: cardHash(badge), at: at(ms) },
  at: at(ms),
});
export const tick = (ms: number): Event => ({ kind: "tick", at: at(ms) });
/** The touches that say nothing more, and `choose`. */
type Plain = Extract<
  Touch,
  { touch: "retry" | "hold" | "more-time" | "dismiss" | "ways" | "erase" | "enter" | "without" | "not-me" | "jobs" }
>["touch"];
export const touch = (ms: number, what: Plain | "choose", kind: ChosenKind = "out"): Event =>
  touched(ms, what === "choose" ? { touch: what, kind } : { touch: what });
export const touched = (ms: number, what: Touch): Event => ({ kind: "touch", touch: what, at: at(ms) });

/** Ana, alive and sure. */
export const sure: FaceSeen = {
  track: 1,
  box: { x: 0.3, y: 0.2, width: 0.3, height: 0.4 },
  problem: null,
  progress: 1,
  live: 0.9,
  repeats: false,
  company: false,
  able: { turn: true, blink: true },
  challenge: null,
  match: { person: ana.id, similarity: 0.8, margin: 0.5, agreeing: 3 },
  claim: null,
};

export const sight = (ms: number, face: FaceSeen | null, draw = 0.5, enrol: EnrolSeen | null = null): Event => ({
  kind: "sight",
  sight: { at: at(ms), faces: face === null ? 0 : 1, face, codes: [], enrol },
  draw,
  at: at(ms),
});
export const seen = (ms: number, change: Partial<FaceSeen> = {}, draw = 0.5): Event =>
  sight(ms, { ...sure, ...change }, draw);

/** The same sight over and over, ten times a second. */
export const gaze = (fromMs: number, toMs: number, change: Partial<FaceSeen> = {}): readonly Event[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 100) + 1 }, (_, n) => seen(fromMs + n * 100, change));

export const doing = (id: number, state: ChallengeSeen["state"]): Partial<FaceSeen> => ({
  challenge: { id, state, progress: 0.5 },
});
