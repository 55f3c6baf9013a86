import type { Event } from "./core/event.ts";
import { type LockCause, type Locks, lockCauseOf, mayLook, maySend } from "./core/lock.ts";
import type { OrderHandler } from "./core/orders.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { AuditData } from "./core/record.ts";
import type { Condition } from "./core/technician.ts";

export interface LockOptions {
  /** Outlives restarts and power cuts. */
  readonly file: { readonly get: () => Locks; readonly change: (change: (before: Locks) => Locks) => Promise<unknown> };
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now">;
  readonly post: (event: Event) => void;
  /** What is shut has changed, at this moment. */
  readonly changed: () => void;
}

/** Locks this clock and releases it; who may is for others to say. Each act twice is the same as once. */
export interface Lock {
  /** Null where it is not locked. */
  readonly cause: () => LockCause | null;
  readonly mayLook: () => boolean;
  /** For the technician. */
  readonly shown: () => Condition["shut"];
  readonly maySend: () => boolean;
  /** `lock` and `unlock`. */
  readonly handlers: readonly (readonly [string, OrderHandler])[];
  /** Holds from this very moment, whatever the disk says. @throws Fault where it will not outlive this process. */
  readonly shutHousing: () => Promise<void>;
  /** At the desk, whose gate writes down who did it. What was locked by order stays so. */
  readonly releaseHousing: () => Promise<void>;
  /** At the desk, whose gate writes down who did it. */
  readonly switchCamera: (isOn: boolean) => Promise<void>;
}

export function createLock({ file, journal, clock, post, changed }: LockOptions): Lock {
  // What holds is kept here as well: a disk that takes nothing must not keep a clock open.
  let locks = file.get();
  /** What is shut and would not outlive this process, or is not in the journal. */
  const unwritten = new Set<LockCause>();

  const hold = (next: Locks): void => {
    const isNews = lockCauseOf(next) !== lockCauseOf(locks);
    locks = next;
    if (isNews) post({ kind: "locked", locked: lockCauseOf(locks), at: clock.now() });
    changed();
  };
  const note = async (said: Pick<AuditData, "act" | "by" | "detail" | "ref">): Promise<void> => {
    await journal.append({ type: "audit", data: { ...said, sub: null } }, clock.now());
  };

  const shut = async (cause: LockCause, by: Pick<AuditData, "by" | "ref">): Promise<void> => {
    if (locks[cause] === null) {
      unwritten.add(cause);
      hold({ ...locks, [cause]: clock.now().utcMs });
    }
    // Asked once more because the disk had no room: by now it may have some.
    if (!unwritten.has(cause)) return;
    await file.change(() => locks);
    await note({ act: "lock", ...by, detail: cause });
    unwritten.delete(cause);
  };

  /** What opens is durable before it opens. */
  const become = async (next: Locks): Promise<void> => {
    await file.change(() => next);
    hold(next);
  };

  return {
    cause: () => lockCauseOf(locks),
    mayLook: () => mayLook(locks),
    shown: () => ({ locked: lockCauseOf(locks), isCameraOff: locks.camera !== null }),
    maySend: () => maySend(locks),
    handlers: [
      [
        "lock",
        async ({ id }) => {
          await shut("order", { by: "cloud", ref: id });
          return { detail: "locked: faces rest, the desk gives nothing out, records stay here" };
        },
      ],
      [
        "unlock",
        async ({ id }) => {
          const cause = lockCauseOf(locks);
          if (cause === null) return { detail: "it was not locked" };
          // Written down first: nobody releases a clock that cannot say so.
          await note({ act: "unlock", by: "cloud", ref: id, detail: cause });
          await become({ ...locks, order: null, housing: null });
          return { detail: "released" };
        },
      ],
    ],
    shutHousing: () => shut("housing", { by: "kiosk" }),
    releaseHousing: async () => {
      if (locks.housing !== null) await become({ ...locks, housing: null });
    },
    switchCamera: async (isOn) => {
      if (isOn !== (locks.camera === null)) await become({ ...locks, camera: isOn ? null : clock.now().utcMs });
    },
  };
}
