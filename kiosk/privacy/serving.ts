import { Fault } from "../core/fault.ts";
import type { PersonId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import type { FaceLooks } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import { isOftenMissed, type LookEnd, type ServedLine, type Spread, spreadOf, worstServed } from "../core/served.ts";

export interface ServingRooms {
  readonly looks: FaceLooks;
  /** Whether their face is among those that the engine looks for now. */
  readonly isLookedFor: (id: PersonId) => boolean;
  /** Their person wants the face kept and not used. */
  readonly isFrozen: (template: Template) => boolean;
  readonly clock: Pick<Clock, "sleep">;
  /** What the disk does not take. Throws what is no `Fault`. */
  readonly note: (error: unknown) => void;
}

/** Whom the camera knows and whom it misses: counted for each person, sealed with their face and told to few. */
export interface Serving {
  /** For `StationOptions.served`. Whoever's face is not looked for cannot be missed. */
  readonly served: (person: PersonId, end: LookEnd) => void;
  /** What is said of faces changed: of a frozen one nothing is counted, and what was is destroyed. */
  readonly follow: () => Promise<void>;
  /** Whom to enrol anew first. Names and numbers: for whoever enrols, and nobody else. */
  readonly worst: () => readonly ServedLine[];
  /** Over everybody whose face is looked for, without names. */
  readonly spread: () => Spread;
  /** Writes what was counted now and then, and at the end, until `signal` aborts. */
  readonly keep: (signal: AbortSignal) => Promise<void>;
}

/**
 * A punch waits for no disk because of this, and a card of flash memory is not worn out by it. What a power cut takes along
 * is an hour of counting.
 */
const saveMs = 3_600_000;

export function createServing({ looks, isLookedFor, isFrozen, clock, note }: ServingRooms): Serving {
  const counted = () => looks.all().filter(({ person }) => isLookedFor(person.id));
  const save = async (): Promise<void> => {
    await looks.save().catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      note(error);
    });
  };
  return {
    served: (person, end) => {
      if (isLookedFor(person)) looks.note(person, end);
    },
    follow: async () => {
      for (const { person, template, known, missed } of looks.all())
        if (known + missed > 0 && isFrozen(template)) await looks.forget(person.id);
    },
    worst: () =>
      worstServed(counted()).map(({ person, known, missed }) => ({
        ...{ person: person.id, displayName: person.displayName, known, missed },
        isOften: isOftenMissed({ known, missed }),
      })),
    spread: () => spreadOf(counted()),
    keep: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(saveMs, signal);
        await save();
      }
    },
  };
}
