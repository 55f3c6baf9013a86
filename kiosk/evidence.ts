import type { PunchDraft } from "./core/draft.ts";
import type { Evidence } from "./core/evidence.ts";
import { Fault } from "./core/fault.ts";
import type { PersonId } from "./core/person.ts";
import type { Clock, Frame } from "./core/ports/senses.ts";
import { utcText } from "./core/time.ts";
import type { Snapshots } from "./store/snapshots.ts";

export interface EvidenceOptions {
  /** Which punches; a site that wants none has no evidence at all. */
  readonly of: "badge-pin" | "all";
  readonly days: number;
  readonly snapshots: Pick<Snapshots, "put" | "drop">;
  /** The newest frame; null where the camera is away. */
  readonly frame: () => Frame | null;
  readonly shrink: (jpeg: Uint8Array) => Promise<Uint8Array | null>;
  readonly clock: Pick<Clock, "sleep">;
  /** False for whoever said no to pictures, or is restricted. */
  readonly mayTake: (sub: PersonId) => boolean;
  readonly note: (fault: Fault) => void;
}

/** A punch never waits longer for its picture; what comes later is thrown away. */
const waitMs = 700;
/** A picture of another moment is a picture of somebody else. */
const frameAgeMaxMs = 2_000;
const dayMs = 86_400_000;

/** Takes the picture of a punch before the punch is written; null where there is none, for whatever reason. */
export function createEvidence(options: EvidenceOptions): (draft: PunchDraft) => Promise<Evidence | null> {
  const { snapshots, shrink, clock, days, note } = options;

  const wanted = ({ methods, sup, person }: PunchDraft): boolean => {
    // Before the camera stands the supervisor, not the one whose punch it is.
    if (sup !== undefined || methods.includes("supervisor") || !options.mayTake(person)) return false;
    return options.of === "all" || !methods.includes("face");
  };

  /** Full disk, damaged folder: the punch counts without a picture. */
  const missed = (error: unknown): void => {
    if (!(error instanceof Fault)) throw error;
    note(error);
  };

  const take = async (draft: PunchDraft): Promise<Evidence | null> => {
    const frame = options.frame();
    if (frame === null || Math.abs(draft.at.monoMs - frame.at.monoMs) > frameAgeMaxMs) return null;
    const small = await shrink(frame.jpeg);
    if (small === null) return null;
    const { snapshot, h } = await snapshots.put(draft.person, draft.at.utcMs, small);
    small.fill(0);
    const exp = utcText(draft.at.utcMs + days * dayMs);
    return { ev: { h, k: "snapshot", exp }, undo: () => snapshots.drop(snapshot).catch(missed) };
  };

  return async (draft) => {
    if (!wanted(draft)) return null;
    const over = new AbortController();
    let isLate = false;
    const taking = take(draft)
      .then(async (evidence) => {
        if (!isLate) return evidence;
        await evidence?.undo();
        return null;
      })
      .catch((error: unknown) => {
        missed(error);
        return null;
      });
    const late = clock.sleep(waitMs, over.signal).then(() => {
      isLate = !over.signal.aborted;
      return null;
    });
    try {
      return await Promise.race([taking, late]);
    } finally {
      over.abort();
    }
  };
}
