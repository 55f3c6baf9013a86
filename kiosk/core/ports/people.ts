import type { Fault } from "../fault.ts";
import type { Person, PersonId } from "../person.ts";
import type { FaceTally, LookEnd } from "../served.ts";
import type { Stamp } from "../time.ts";
import type { Template } from "./engine.ts";

/** Whom a clock knows, of its own and by the cloud's word. */

/** The people this clock knows, sealed on disk one by one. */
export interface People extends AsyncDisposable {
  readonly all: () => readonly Person[];
  readonly templates: () => readonly Template[];
  /** Durable when the promise resolves. */
  readonly put: (person: Person, template: Template | null) => Promise<void>;
  /** Forgets the person, the template and the key they were sealed with. */
  readonly remove: (id: PersonId) => Promise<void>;
}

/** How the camera serves each face. Part of what is sealed with it: a new face begins anew, and none leaves none. */
export interface FaceLooks {
  /** Of everybody who has a face here; nobody has looks without one. */
  readonly all: () => readonly (FaceTally & { readonly person: Person; readonly template: Template })[];
  readonly of: (id: PersonId) => FaceTally;
  /** Counts in memory; nothing waits for a disk. Nothing happens where they have no face. */
  readonly note: (id: PersonId, end: LookEnd) => void;
  /** From now on nothing is known of how they were served. Durable when it resolves. */
  readonly forget: (id: PersonId) => Promise<void>;
  /** Writes what was counted since. What the disk does not take is tried again with the next. @throws Fault as `put`. */
  readonly save: () => Promise<void>;
}

/** One who may use this clock, as the cloud says. The text is kept as it came: it is hashed, and may hold a name. */
export interface RosterItem {
  readonly id: PersonId;
  readonly v: number;
  readonly text: string;
}

/** All changes from one version of the roster to a later one. */
export interface RosterStep {
  /** The version it leads on from; 0 is an empty roster, so a snapshot. */
  readonly base: number;
  readonly to: number;
  /** In order. */
  readonly ops: readonly (readonly ["put", string, number, string] | readonly ["del", string, number])[];
  /** What all items give in the end (docs/uplink.md). */
  readonly root: string;
}

/** Whom a step concerned. */
export interface RosterChanges {
  /** New, or with another text. */
  readonly changed: readonly PersonId[];
  readonly gone: readonly PersonId[];
}

/** Who may use this clock, sealed on disk, and provably what the cloud meant. */
export interface RosterStore extends AsyncDisposable {
  /** Why an older roster was set aside at opening; this one is then empty, and has to be asked for. */
  readonly notice: Fault | null;
  /** Version and root. Cheap: stands in every status. */
  readonly standing: () => { readonly v: number; readonly root: string };
  /** In order of their ids. */
  readonly items: () => Promise<readonly RosterItem[]>;
  /** Was on it once, and was taken off within the last 400 days. */
  readonly wasTakenOff: (id: PersonId) => boolean;
  /**
   * Takes a step wholly or not at all; durable when the promise resolves, and the clock goes on meanwhile.
   *
   * @param forgetGoneBeforeUtcMs who was taken off before this moment is not remembered any longer; null: all are.
   * @throws LuError 4001, 4002, 4003; Fault `disk-full`, `disk-read-only`, `roster-write-failed`.
   */
  readonly turn: (step: RosterStep, at: Stamp, forgetGoneBeforeUtcMs: number | null) => Promise<RosterChanges>;
  /** Forgets one person here, whatever the cloud's roster says; no page as old as their item brings them back. */
  readonly erase: (id: PersonId, at: Stamp) => Promise<boolean>;
  /** Forgets everything, the version too. */
  readonly reset: () => Promise<RosterChanges>;
}
