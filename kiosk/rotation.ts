import type { OrderHandler } from "./core/orders.ts";
import type { Journal, JournalLife, KeyRing } from "./core/ports/journal.ts";
import type { Clock } from "./core/ports/senses.ts";
import { isBefore } from "./core/record.ts";

export interface RotationOptions {
  readonly ring: KeyRing;
  readonly journal: Pick<Journal, "cursor"> & Pick<JournalLife, "rotate" | "changes" | "settleChange">;
  readonly clock: Pick<Clock, "now">;
  /** Names of all who receipt here: an old key goes when each of them knows the new one. */
  readonly receivers: readonly string[];
}

export interface Rotation {
  /** `key.rotate`. The order's id is kept with the key it made, so the same order never makes a second one. */
  readonly handle: OrderHandler;
  /**
   * Destroys former keys whose change everybody has receipted. For the start, and whenever a cursor moved.
   * @returns their kids.
   */
  readonly retire: () => Promise<readonly string[]>;
}

/** Changes the key that records are signed with: docs/uplink.md, "Keys". */
export function openRotation({ ring, journal, clock, receivers }: RotationOptions): Rotation {
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const rotate = async (cause: string): Promise<string> => {
    if (ring.cause() !== cause) await journal.rotate(await ring.prepare(cause), clock.now());
    return ring.kid;
  };
  return {
    handle: ({ id }) =>
      oneByOne(async () => {
        const kid = await rotate(id);
        return { detail: "another key signs from here on", out: kid };
      }),
    retire: () =>
      oneByOne(async () => {
        const gone: string[] = [];
        const changes = journal.changes();
        const isKnown = (kid: string): boolean =>
          receivers.length > 0 &&
          changes.every(
            (change) => change.old !== kid || receivers.every((name) => !isBefore(journal.cursor(name), change)),
          );
        for (const kid of ring.former().filter(isKnown)) {
          await ring.destroy(kid);
          gone.push(kid);
        }
        // After the key: a cut in between must leave what says that it may go.
        const former = ring.former();
        for (const { old } of changes.filter(({ old }) => isKnown(old) && !former.includes(old))) {
          journal.settleChange(old);
        }
        return gone;
      }),
  };
}
