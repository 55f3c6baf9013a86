import type { Due, Keepsakes } from "../core/keepsake.ts";
import type { PersonId } from "../core/person.ts";
import type { Template } from "../core/ports/engine.ts";
import type { LastSeen } from "../core/ports/forgetting.ts";
import type { People } from "../core/ports/people.ts";
import type { RecordBody } from "../core/record.ts";
import { dayMs } from "../core/retention.ts";
import type { Lateness } from "./lateness.ts";

/** What a clock keeps of its own people, and lets go: faces that nobody uses, and everything of those who left. */

/** Days are rounded up: nothing goes a day too early. */
const dayOf = (utcMs: number): number => Math.ceil(utcMs / dayMs);

export type GoneFace = Pick<Template, "person" | "consentId">;

export interface FaceRooms {
  readonly people: Pick<People, "all" | "templates" | "put">;
  readonly lastSeen: LastSeen;
  readonly lateness: Pick<Lateness, "now">;
  /** Their face is gone, their name and cards are not: the gallery follows, and whoever keeps their consents ends them. */
  readonly faceGone: (gone: readonly GoneFace[]) => Promise<void>;
}

export interface Faces extends Keepsakes {
  /** Something was written down: a face that was used here is not idle. */
  readonly wrote: (body: RecordBody) => void;
}

/** Templates, by the day on which they were used last. */
export function createFaces({ people, lastSeen, lateness, faceGone }: FaceRooms): Faces {
  const idle = ({ nowUtcMs, beforeUtcMs }: Omit<Due, "limit">): readonly GoneFace[] =>
    people.templates().filter(({ person, createdMs }) => {
      const made = Math.max(Math.min(createdMs, nowUtcMs), (lastSeen.since() ?? dayOf(nowUtcMs)) * dayMs);
      const used = lastSeen.used(person);
      return Math.min(used === null ? made : used * dayMs, dayOf(nowUtcMs) * dayMs) < beforeUtcMs;
    });
  const sorted = (due: Omit<Due, "limit">) => {
    const all = idle(due);
    const going = all.filter(({ person }) => !due.isHeld(person));
    return { going, held: all.length - going.length };
  };
  return {
    cls: "template",
    wrote: (body) => {
      const { utcMs } = lateness.now();
      if (body.type !== "punch" || utcMs === null) return;
      const { sub, method } = body.data;
      if (sub !== null && method.includes("face")) lastSeen.noteUse(sub, dayOf(utcMs));
    },
    count: async (due) => {
      const { going, held } = sorted(due);
      return { due: going.length, held };
    },
    purge: async (due) => {
      const { going, held } = sorted(due);
      const piece = going.slice(0, due.limit);
      const persons = new Map(people.all().map((person) => [person.id, person]));
      for (const { person: id } of piece) {
        const person = persons.get(id);
        if (person !== undefined) await people.put(person, null);
        await lastSeen.forget(id, "used");
      }
      if (piece.length > 0) await faceGone(piece);
      return { gone: piece.length, held, isMore: going.length > piece.length };
    },
  };
}

export interface LeaverRooms {
  readonly lastSeen: LastSeen;
  readonly lateness: Pick<Lateness, "now">;
  /** Of whom something is kept here and whom the roster calls gone, or took off. Those it never named are not among them. */
  readonly departed: () => readonly PersonId[];
  readonly erase: (sub: PersonId) => Promise<unknown>;
}

export interface Leavers extends Keepsakes {
  /** Since when who is gone. Before each sweep. */
  readonly follow: () => Promise<void>;
}

/** More erasures at one time would keep a punch waiting. */
const leaversMax = 4;

/** Everybody who left: so many days after the roster said so, everything of theirs is erased, with a proof each. */
export function createLeavers({ lastSeen, lateness, departed, erase }: LeaverRooms): Leavers {
  const sorted = ({ beforeUtcMs, isHeld }: Omit<Due, "limit">) => {
    const all = lastSeen.left().filter(([, day]) => day * dayMs <= beforeUtcMs);
    const going = all.map(([sub]) => sub).filter((sub) => !isHeld(sub));
    return { going, held: all.length - going.length };
  };
  return {
    cls: "person",
    follow: async () => {
      const { utcMs, isDated } = lateness.now();
      if (utcMs === null || !isDated) return;
      lastSeen.begin(dayOf(utcMs));
      const gone = new Set(departed());
      const noted = new Map(lastSeen.left());
      for (const sub of gone) if (!noted.has(sub)) lastSeen.noteLeft(sub, dayOf(utcMs));
      // They came back, or somebody erased them.
      for (const sub of noted.keys()) if (!gone.has(sub)) await lastSeen.forget(sub, "left");
      await lastSeen.save();
    },
    count: async (due) => {
      const { going, held } = sorted(due);
      return { due: going.length, held };
    },
    purge: async (due) => {
      const { going, held } = sorted(due);
      const piece = going.slice(0, Math.min(due.limit, leaversMax));
      for (const sub of piece) {
        await erase(sub);
        await lastSeen.forget(sub, "all");
      }
      return { gone: piece.length, held, isMore: going.length > piece.length };
    },
  };
}
