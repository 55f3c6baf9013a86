import { isChosenKind, type LastPunch } from "./directions.ts";
import type { Draft, PunchDraft } from "./draft.ts";
import { type Health, starting } from "./health.ts";
import type { BadgeId, Person, PersonId } from "./person.ts";
import type { JournalNotice, Tap, UplinkNews } from "./ports.ts";
import type { Assurance, CorrectionData, Position, PunchData, RecordEvent } from "./record.ts";
import type { FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";
import type { ChosenKind, RefusedWhy } from "./view.ts";

/** What the station is doing. Times are monotonic milliseconds. */
export type State =
  | { readonly at: "starting" }
  | { readonly at: "idle" }
  | {
      readonly at: "look";
      /** When this visit began; its deadline counts from here. */
      readonly sinceMs: number;
      /** When a face was last in the zone. */
      readonly seenMs: number;
      readonly face: FaceSeen | null;
    }
  | { readonly at: "saving"; readonly draft: Draft; readonly untilMs: number }
  | {
      readonly at: "thanks";
      readonly person: PersonId;
      readonly kind: ChosenKind;
      readonly punchedAt: Stamp;
      readonly id: string;
      readonly position: Position;
      readonly rh: string;
      readonly changed: boolean;
      /** A correction is on its way to the disk: a second touch must not send another. */
      readonly changing: boolean;
      readonly receivedAt: Stamp | null;
      readonly sinceMs: number;
      readonly untilMs: number;
    }
  | { readonly at: "refused"; readonly why: RefusedWhy; readonly since: Stamp; readonly untilMs: number }
  | {
      readonly at: "duplicate";
      readonly person: PersonId;
      readonly last: LastPunch;
      /** How the person was recognised this time: stands in the record if they say that they mean it. */
      readonly method: PunchDraft["method"];
      readonly assure: Assurance;
      readonly untilMs: number;
    };

export interface Settled {
  readonly track: number;
  /**
   * Who was thanked: a track can pass unseen from one person to the next in the same place, so an idle clock goes on
   * looking for somebody else. Null after a badge, which needs no face, and after a refusal, where going on would give a
   * picture as many tries as it likes.
   */
  readonly thanked: PersonId | null;
  /** When this was last known to be true of the face that is there, monotonic. */
  readonly sinceMs: number;
}

/**
 * Everything the reducer knows. People come from the store, last punches from the journal, so a restart in the middle of
 * anything loses nothing that was thanked.
 */
export interface Memory {
  readonly state: State;
  readonly health: Health;
  readonly people: ReadonlyMap<PersonId, Person>;
  readonly personByBadge: ReadonlyMap<BadgeId, PersonId>;
  readonly lastPunches: ReadonlyMap<PersonId, LastPunch>;
  /** The face in front of the camera and when it was last there. */
  readonly present: { readonly track: number; readonly seenMs: number } | null;
  /** The visit that already had its answer; it is not asked again while the person walks away. */
  readonly settled: Settled | null;
  /** Taps that came while the disk was busy. Never dropped below the bound. */
  readonly taps: readonly Tap[];
  readonly uplink: UplinkNews | null;
  readonly notice: JournalNotice | null;
  readonly simulated: boolean;
}

export const blankMemory: Memory = {
  state: { at: "starting" },
  health: starting,
  people: new Map(),
  personByBadge: new Map(),
  lastPunches: new Map(),
  present: null,
  settled: null,
  taps: [],
  uplink: null,
  notice: null,
  simulated: false,
};

export function withPeople(memory: Memory, people: readonly Person[]): Memory {
  return {
    ...memory,
    people: new Map(people.map((person) => [person.id, person])),
    personByBadge: new Map(people.flatMap(({ id, badges }) => badges.map((badge) => [badge, id] as const))),
  };
}

/** Reads the journal's punches and corrections, oldest first, back into memory: tap, kill, tap is one punch. */
export function recalled(memory: Memory, events: readonly RecordEvent[]): Memory {
  const lastPunches = new Map(memory.lastPunches);
  const punchOf = new Map<string, PersonId>();
  for (const event of events) {
    const utcMs = Date.parse(event.time);
    if (event.type === "dev.lintel.punch.v1") {
      const { sub, kind } = event.data as PunchData;
      if (sub === null || !isChosenKind(kind)) continue;
      punchOf.set(event.id, sub);
      lastPunches.set(sub, { kind, utcMs });
    } else if (event.type === "dev.lintel.correction.v1") {
      const { ref, sub, kind } = event.data as CorrectionData;
      const last = lastPunches.get(sub);
      if (last === undefined || punchOf.get(ref) !== sub || !isChosenKind(kind)) continue;
      // The kind is corrected; the moment stays that of the punch.
      lastPunches.set(sub, { ...last, kind });
    }
  }
  return { ...memory, lastPunches };
}
