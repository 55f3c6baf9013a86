import type { Bulletin } from "./bulletin.ts";
import type { CounterAnswer, CounterFailure, CounterWish } from "./counter-kinds.ts";
import type { Draft } from "./draft.ts";
import type { FaultCode } from "./fault.ts";
import type { Room, RoomState } from "./health.ts";
import type { LockCause } from "./lock.ts";
import type { Memory } from "./memory.ts";
import type { Person, PersonId } from "./person.ts";
import type { PinAnswer, PinQuestion } from "./pin.ts";
import type { JournalNotice } from "./ports/journal.ts";
import type { Tap } from "./ports/senses.ts";
import type { UplinkNews } from "./ports/uplink.ts";
import type { Position, RecordEvent } from "./record.ts";
import type { LookEnd } from "./served.ts";
import type { Sight } from "./sight.ts";
import type { Stamp } from "./time.ts";
import type { Touch } from "./view.ts";

/** What happens to the station, and what it wants done. */

export type Event =
  | { readonly kind: "ready"; readonly at: Stamp }
  | {
      readonly kind: "people";
      readonly people: readonly Person[];
      /** How many of them have a template in the gallery. */
      readonly enrolled: number;
      readonly at: Stamp;
    }
  | {
      readonly kind: "sight";
      readonly sight: Sight;
      /** Random, in [0, 1): the station chooses with it and owns no die. */
      readonly draw: number;
      readonly at: Stamp;
    }
  | { readonly kind: "tap"; readonly tap: Tap; readonly at: Stamp }
  | { readonly kind: "touch"; readonly touch: Touch; readonly at: Stamp }
  /** What came of a `check-pin`. */
  | { readonly kind: "pin-checked"; readonly ticket: number; readonly answer: PinAnswer; readonly at: Stamp }
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
  /** What the rooms say to a counter: to a `wish`, or by themselves. */
  | { readonly kind: "counter"; readonly answer: CounterAnswer; readonly at: Stamp }
  | { readonly kind: "counter-failed"; readonly failure: CounterFailure; readonly at: Stamp }
  /** Somebody who agreed to it stands ready. */
  | { readonly kind: "enrol-begin"; readonly session: number; readonly at: Stamp }
  /** What became of frames that were `ready`: whose template was kept, or nobody's. */
  | { readonly kind: "enrol-end"; readonly session: number; readonly person: PersonId | null; readonly at: Stamp }
  | { readonly kind: "uplink"; readonly news: UplinkNews; readonly at: Stamp }
  /** The journal has a record of what time it truly was. */
  | { readonly kind: "time-fixed"; readonly fix: RecordEvent; readonly at: Stamp }
  /** What is wrong with the journal, found while it was open; null once somebody signed it off. */
  | { readonly kind: "notice"; readonly notice: JournalNotice | null; readonly at: Stamp }
  /** What the cloud wants read on this wall. */
  | { readonly kind: "bulletin"; readonly bulletin: Bulletin; readonly at: Stamp }
  /** The clock was locked, or released. */
  | { readonly kind: "locked"; readonly locked: LockCause | null; readonly at: Stamp }
  /** Somebody looks for this clock. */
  | { readonly kind: "identify"; readonly forMs: number; readonly at: Stamp }
  /** How loud the page may be, 0 to 100. */
  | { readonly kind: "volume"; readonly percent: number; readonly at: Stamp }
  | { readonly kind: "room"; readonly room: Room; readonly state: RoomState; readonly at: Stamp }
  /** The deadline that `deadlineOf` gave has come. */
  | { readonly kind: "tick"; readonly at: Stamp };

/** ready: the frames are taken, make the template. Everything else ends the enrolment without one. */
export type EnrolOutcome = "ready" | "failed" | "cancelled" | "interrupted" | "timed-out";

export type Effect =
  | { readonly do: "save"; readonly draft: Draft }
  /** At most one for each session: how the clock's part of it came out. */
  | { readonly do: "enrol"; readonly session: number; readonly outcome: EnrolOutcome }
  /** Answered by `pin-checked` with the same ticket, exactly once. */
  | { readonly do: "check-pin"; readonly ticket: number; readonly question: PinQuestion }
  /** Answered by `counter` or `counter-failed`, exactly once. */
  | { readonly do: "wish"; readonly wish: CounterWish }
  /** One was taken for the other: from now on both show their badge. */
  | { readonly do: "alike"; readonly persons: readonly [PersonId, PersonId] }
  /** How the camera served somebody: counted for them where their face is looked for, and nowhere else. */
  | { readonly do: "served"; readonly person: PersonId; readonly end: LookEnd }
  /** Begin the next look with nothing of this one. */
  | { readonly do: "forget" };

export type Step = readonly [Memory, readonly Effect[]];
