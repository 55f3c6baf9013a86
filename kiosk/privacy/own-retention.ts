import { Fault } from "../core/fault.ts";
import type { Keepsakes } from "../core/keepsake.ts";
import type { PersonId } from "../core/person.ts";
import type { Pins } from "../core/pin.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { People } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { RecordBody } from "../core/record.ts";
import type { RetentionDays } from "../core/retention.ts";
import type { Elsewhere, Erasure } from "./erasure.ts";
import type { Keeping } from "./keeping.ts";
import { createFaces, createLeavers, type FaceRooms } from "./own-keepsakes.ts";
import { openRetention, type RetentionKeeper } from "./retention.ts";

export interface OwnRetentionRooms {
  readonly keeping: Keeping;
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly days: RetentionDays;
  readonly people: Pick<People, "all" | "templates" | "put">;
  /** Of our own people, whom the roster calls gone or took off. */
  readonly departed: () => readonly PersonId[];
  readonly erasure: Pick<Erasure, "erase" | "resume">;
  /** Their faces went because nobody used them: the gallery follows, their consents end. */
  readonly faceGone: FaceRooms["faceGone"];
  /** Of rooms that keep things of other classes: pictures, visitors. */
  readonly others: readonly Keepsakes[];
  /** Whatever somebody said no to while a hold kept it. Default: nothing. */
  readonly follow?: () => Promise<void>;
  readonly note: (error: unknown) => void;
}

export interface OwnRetention extends RetentionKeeper {
  /** Something was written down: whoever used their face is not idle. */
  readonly wrote: (body: RecordBody) => void;
}

/** Numbers and PINs, as an erasure forgets them. */
export const pinsForErasure = (pins: Pick<Pins, "numbers" | "remove">): Elsewhere => ({
  ...{ what: "pin", cls: null },
  subjects: () => [...pins.numbers().keys()],
  count: (sub) => Number(pins.numbers().has(sub)),
  forget: pins.remove,
});

/** Retention over all that this clock keeps. */
export function openOwnRetention(rooms: OwnRetentionRooms): OwnRetention {
  const { keeping, journal, clock, days, people, departed, erasure, faceGone, others, note } = rooms;
  const { lateness, book, holds, lastSeen } = keeping;
  const faces = createFaces({ people, lastSeen, lateness, faceGone });
  const leavers = createLeavers({ lastSeen, lateness, departed, erase: (sub) => erasure.erase(sub, null) });
  const retention = openRetention({
    ...{ journal, clock, book, lateness, days, note, isHeld: holds.isHeld, keepsakes: [faces, leavers, ...others] },
    before: async () => {
      // What a hold kept of somebody who was erased goes when it ends.
      if (await holds.expire()) await erasure.resume();
      await leavers.follow();
      await rooms.follow?.();
    },
  });
  return {
    ...retention,
    wrote: faces.wrote,
    keep: async (signal) => {
      await retention.keep(signal);
      await lastSeen.save().catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        note(error);
      });
    },
  };
}
