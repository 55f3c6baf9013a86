import { withLeave } from "./absence/asked.ts";
import { type AbsenceMemory, noAbsence } from "./absence/types.ts";
import { withAlerts } from "./alert/recall.ts";
import { type AlertMemory, noAlert } from "./alert/types.ts";
import { type Attendance, attendanceOf, blankAttendance } from "./attendance/attendance.ts";
import type { OpenShift } from "./attendance/open-shift.ts";
import type { OverrideReason } from "./attendance/supervisor.ts";
import type { Board } from "./bulletin.ts";
import type { CardHash } from "./card.ts";
import type { ChosenKind } from "./chosen.ts";
import { type ConsentMemory, noConsent } from "./consent/types.ts";
import type { CounterState } from "./counter-kinds.ts";
import type { LookDraft, Moment, Proof, PunchDraft, RequestDraft } from "./draft.ts";
import { type GuestsMemory, noGuests } from "./guests/types.ts";
import { type Health, starting } from "./health.ts";
import type { LockCause } from "./lock.ts";
import type { Outage } from "./outage.ts";
import { noPasses, type PassMemory } from "./pass.ts";
import { cardOwners, type Person, type PersonId } from "./person.ts";
import type { JournalNotice } from "./ports/journal.ts";
import type { Tap } from "./ports/senses.ts";
import type { UplinkNews } from "./ports/uplink.ts";
import type { Position, RecordEvent } from "./record.ts";
import { noRights, type RightsMemory } from "./rights/types.ts";
import type { Challenge, EnrolSeen, FaceSeen } from "./sight.ts";
import type { Stamp } from "./time.ts";
import type { RefusedWhy } from "./view.ts";
import type { DayView, HoursView, MarkView, MusterLineView } from "./visit-view.ts";
import type { Errand } from "./way.ts";

/** Somebody who showed who they are, and of whom more is wanted. Whatever becomes of that, it is a punch. */
export interface Claim {
  readonly person: PersonId;
  /** When they showed it: the moment of the punch. */
  readonly at: Stamp;
  readonly proof: Proof;
  readonly errand: Errand;
}

/** The movement that is asked for now. Done by any other face, or on any other track, it counts for nothing. */
export interface Asked {
  readonly challenge: Challenge;
  readonly track: number;
  readonly person: PersonId;
  readonly untilMs: number;
}

export type Movement = "turn" | "blink";

/** What came of the movements asked for in one visit. */
export interface Tries {
  readonly asked: number;
  readonly failed: readonly Movement[];
  readonly timedOut: readonly Movement[];
}

export const noTries: Tries = { asked: 0, failed: [], timedOut: [] };

/** One visit to the camera, from the first sight (or the badge) to its answer. */
export interface Look {
  readonly at: "look";
  /** When it has had its time; a movement that is asked for moves this on. */
  readonly untilMs: number;
  /** When a face was last in the zone. */
  readonly seenMs: number;
  readonly face: FaceSeen | null;
  /** The random number of the newest sight: chooses sides, so that no recording knows them. */
  readonly draw: number;
  /** Whether this visit is one of those that are asked for a movement at random; null until its first sight. */
  readonly isDrawn: boolean | null;
  readonly asked: Asked | null;
  readonly tries: Tries;
  readonly claim: Claim | null;
  /** What they came for, who have shown nothing yet. */
  readonly errand: Errand;
  /** The face on this track was recognised and is not enough by itself: others look like it. */
  readonly wantsBadge: { readonly track: number } | null;
  /** The newest frames that resembled somebody did not seem alive. */
  readonly isSuspect: boolean;
  /** For how long the face was to be seen and was like nobody (missed.ts). */
  readonly unknownMs: number;
}

/** What the station is doing. Times are monotonic milliseconds. */
export type State =
  | { readonly at: "starting" }
  | { readonly at: "idle" }
  | Look
  | VisitState
  | CounterState
  | { readonly at: "saving"; readonly draft: PunchDraft | RequestDraft | LookDraft; readonly untilMs: number }
  | {
      readonly at: "thanks";
      readonly person: PersonId;
      readonly kind: PunchDraft["kind"];
      /** How they were recognised: a job that they begin from here is theirs as surely as the punch. */
      readonly proof: Proof;
      readonly job: string | null;
      readonly punchedAt: Stamp;
      readonly id: string;
      readonly position: Position;
      readonly rh: string;
      readonly changed: boolean;
      /** A correction is on its way to the disk: a second touch must not send another. */
      readonly changing: boolean;
      readonly receivedAt: Stamp | null;
      /** Touched to stay, so that the receipt can be photographed. */
      readonly held: boolean;
      readonly sinceMs: number;
      readonly untilMs: number;
    }
  | { readonly at: "refused"; readonly why: RefusedWhy; readonly since: Stamp; readonly untilMs: number }
  | {
      readonly at: "duplicate";
      readonly last: { readonly kind: PunchDraft["kind"]; readonly utcMs: number };
      /** How the person was recognised this time: stands in the record if they say that they mean it. */
      readonly proof: Proof;
      readonly untilMs: number;
    }
  | {
      readonly at: "enrol";
      readonly session: number;
      readonly seen: EnrolSeen | null;
      /** The frames are taken and the session was told; what follows is not the person's to wait for. */
      readonly isKeeping: boolean;
      readonly untilMs: number;
    }
  /** `person` is null where nothing was kept. */
  | {
      readonly at: "enrolled";
      readonly session: number;
      readonly person: PersonId | null;
      readonly untilMs: number;
    };

/** The pad. What was typed stands here until it is checked, and nowhere else. */
export interface Pad {
  readonly at: "pin";
  readonly errand: Errand;
  readonly step: "number" | "pin";
  readonly number: string;
  readonly pin: string;
  readonly order: readonly number[];
  /** Whom another way has named already, so that only the PIN is wanted. */
  readonly claim: Claim | null;
  /** The check that goes on; its answer names it. */
  readonly ticket: number | null;
  readonly problem: "wrong" | "wait" | null;
  readonly waitUntilUtcMs: number | null;
  readonly untilMs: number;
}

/** What somebody asks to be corrected, as far as they have said. */
export interface Asking {
  readonly at: "request";
  readonly person: PersonId;
  readonly days: readonly DayView[];
  readonly step: "day" | "mark" | "kind" | "time" | "reason";
  readonly day: string | null;
  /** Null where a punch is missing. */
  readonly mark: MarkView | null;
  readonly kind: ChosenKind;
  /** Null: nobody remembers. */
  readonly claimedUtcMs: number | null;
  /** When they began to ask: nothing later can be claimed. */
  readonly sinceUtcMs: number;
  readonly untilMs: number;
}

/** What the station does with somebody who says who they are by hand, or sees what is theirs. */
export type VisitState =
  | { readonly at: "ways"; readonly errand: Errand; readonly untilMs: number }
  | Pad
  /** A second way is wanted too. */
  | { readonly at: "also"; readonly wants: "badge" | "qr"; readonly claim: Claim; readonly untilMs: number }
  | {
      readonly at: "choose";
      readonly proof: Proof;
      readonly since: Stamp;
      readonly kind: ChosenKind;
      readonly kinds: readonly ChosenKind[];
      readonly untilMs: number;
    }
  | {
      readonly at: "open-shift";
      readonly proof: Proof;
      readonly since: Stamp;
      readonly open: OpenShift;
      /** The end that stands to be confirmed. */
      readonly endUtcMs: number;
      readonly untilMs: number;
    }
  | {
      readonly at: "hours";
      readonly proof: Proof;
      /** Reckoned once, when they came to it. */
      readonly sheet: Pick<HoursView, "standing" | "today" | "days" | "total">;
      readonly untilMs: number;
    }
  | { readonly at: "job"; readonly proof: Proof; readonly untilMs: number }
  | Asking
  | {
      readonly at: "told";
      readonly what: "not-me" | "asked" | "punched";
      readonly person: PersonId;
      readonly untilMs: number;
    }
  | {
      readonly at: "muster";
      readonly lines: readonly MusterLineView[];
      readonly page: number;
      readonly untilMs: number;
    }
  | {
      readonly at: "override";
      readonly sup: PersonId;
      /** Whom they may punch for, by name; sorted once. */
      readonly list: readonly PersonId[];
      readonly person: PersonId | null;
      readonly reason: OverrideReason | null;
      readonly page: number;
      readonly untilMs: number;
    };

/** Somebody said that a punch by their face was not theirs: whoever shows another way next may be the one they look like. */
export interface Mistaken {
  readonly person: PersonId;
  readonly untilMs: number;
}

/** A face that nobody was found for, until somebody says who they are. */
export interface Missed {
  /** Null where it was followed on no track. */
  readonly track: number | null;
  /** Whoever shows who they are before this may be it, monotonic. */
  readonly untilMs: number;
}

/** The last thanks, while somebody else is at the wall. */
export interface Tail {
  readonly person: PersonId;
  readonly kind: PunchDraft["kind"];
  readonly punchedAt: Stamp;
  readonly untilMs: number;
}

/** After an alarm: until when only badges count. */
export interface Rest {
  readonly untilMs: number;
  readonly untilUtcMs: number;
}

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
  /** Cards that several people claim are not in here. */
  readonly personByBadge: ReadonlyMap<CardHash, PersonId>;
  /** Everybody whose face could be taken for somebody else's, whichever of the two it was noted with. */
  readonly lookAlikes: ReadonlySet<PersonId>;
  /** People with a template in the gallery: how many each stranger is compared with. */
  readonly enrolled: number;
  /** What the journal of this clock says about everybody's work. */
  readonly attendance: Attendance;
  /** What the host knows at this moment; the loop brings it with every event. */
  readonly moment: Moment;
  /** Random, in [0, 1), new with every event: the order of a pad's digits. */
  readonly padDraw: number;
  /** How this start of the process came about. */
  readonly start: { readonly isNewBoot: boolean; readonly wasUnclean: boolean };
  /** Both clocks when the wall clock was last trusted in this boot. */
  readonly trusted: Stamp | null;
  readonly passes: PassMemory;
  /** A pass that was answered; it is not answered again while it lies before the camera. */
  readonly answeredCode: { readonly text: string; readonly seenMs: number } | null;
  /** Checks of a PIN so far. */
  readonly tickets: number;
  readonly tail: Tail | null;
  readonly mistaken: Mistaken | null;
  /** The face that was looked at last and not known, while it may still say who it is. */
  readonly missed: Missed | null;
  /** Whose face was taken for somebody else's, as they said here; it decides nothing any more. */
  readonly doubted: ReadonlySet<PersonId>;
  /** The face in front of the camera and when it was last there. */
  readonly present: { readonly track: number; readonly seenMs: number } | null;
  /** The visit that already had its answer; it is not asked again while the person walks away. */
  readonly settled: Settled | null;
  /** Ids given to challenges so far. */
  readonly challenges: number;
  /** When faces that resembled somebody did not seem alive, monotonic; only what the window still holds. */
  readonly suspicions: readonly number[];
  /** When alarms were raised, monotonic; only those of the last 24 hours. */
  readonly alarms: readonly number[];
  readonly rest: Rest | null;
  /** Taps that came while the disk was busy. Never dropped below the bound. */
  readonly taps: readonly Tap[];
  readonly uplink: UplinkNews | null;
  /** Why nothing arrives; null where nothing is wrong. */
  readonly outage: Outage | null;
  /** Why the clock is locked; null where it is not. */
  readonly locked: LockCause | null;
  readonly bulletins: Board;
  /** Until when the wall says that it is the one somebody looks for, monotonic. */
  readonly beacon: { readonly untilMs: number } | null;
  /** How loud the page may be, in percent of what it would be by itself. */
  readonly volume: number;
  /** Who this clock is in its records (`sourceOf`): receipt codes name it. */
  readonly source: string;
  readonly notice: JournalNotice | null;
  readonly consent: ConsentMemory;
  readonly rights: RightsMemory;
  readonly guests: GuestsMemory;
  readonly absence: AbsenceMemory;
  readonly alert: AlertMemory;
  readonly simulated: boolean;
}

export const blankMemory: Memory = {
  state: { at: "starting" },
  health: starting,
  people: new Map(),
  personByBadge: new Map(),
  lookAlikes: new Set(),
  enrolled: 0,
  attendance: blankAttendance,
  moment: { clock: { source: "ntp", errorMs: 0, ageS: 0 }, boot: 0 },
  padDraw: 0,
  start: { isNewBoot: false, wasUnclean: false },
  trusted: null,
  passes: noPasses,
  answeredCode: null,
  tickets: 0,
  tail: null,
  mistaken: null,
  missed: null,
  doubted: new Set(),
  present: null,
  settled: null,
  challenges: 0,
  suspicions: [],
  alarms: [],
  rest: null,
  taps: [],
  uplink: null,
  outage: null,
  locked: null,
  bulletins: [],
  beacon: null,
  volume: 100,
  source: "",
  notice: null,
  consent: noConsent,
  rights: noRights,
  guests: noGuests,
  absence: noAbsence,
  alert: noAlert,
  simulated: false,
};

/** @param enrolled people with a template in the gallery; until it is known, everybody, which asks for more likeness. */
export function withPeople(memory: Memory, people: readonly Person[], enrolled = people.length): Memory {
  // A look-alike who left is as dangerous as before, so being noted is enough; being known is not asked for.
  const alike = people.flatMap(({ id, lookAlikes }) => (lookAlikes.length === 0 ? [] : [id, ...lookAlikes]));
  // Whoever was nobody a moment ago may be the one who has just been enrolled: the question is open again.
  const isReopened = enrolled > memory.enrolled && memory.settled?.thanked === null;
  return {
    ...memory,
    settled: isReopened ? null : memory.settled,
    people: new Map(people.map((person) => [person.id, person])),
    personByBadge: cardOwners(people).owners,
    lookAlikes: new Set([...alike, ...memory.doubted]),
    enrolled,
  };
}

/** Reads what the journal says of work and time, oldest first, back into memory: tap, kill, tap is one punch. */
export const recalled = (memory: Memory, events: readonly RecordEvent[]): Memory => ({
  ...memory,
  attendance: attendanceOf(events, memory.attendance),
  absence: withLeave(memory.absence, events),
  alert: withAlerts(memory.alert, events),
});
