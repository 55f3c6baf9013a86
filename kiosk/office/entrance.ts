import type { Fault } from "../core/fault.ts";
import type { Journal, JournalUpkeep } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Clerk, Worker } from "../core/ports/wall.ts";
import { breathe } from "../store/breathe.ts";
import { eventOf } from "../store/make-record.ts";
import { openOperators } from "../store/operators.ts";
import { openOwnerProof } from "../store/owner-proof.ts";
import { openSessions } from "../store/sessions.ts";
import { createDisclosing, type DisclosingOptions } from "./disclosing.ts";
import { createGate, type GateOptions } from "./gate.ts";
import { createTrail, type Trail } from "./trail.ts";

export interface EntranceOptions
  extends Pick<GateOptions, "isDemo" | "isLocked" | "standing" | "snapshots">,
    Pick<DisclosingOptions, "identity" | "timeZone"> {
  /** The clock's state folder: `operators.json`, `desk.owner`. */
  readonly directory: string;
  readonly journal: Pick<Journal, "append" | "read" | "head" | "at"> & Pick<JournalUpkeep, "proofOf">;
  readonly clock: Pick<Clock, "now">;
  readonly note: (fault: unknown) => void;
}

/** Who may act at this clock, and what they did. */
export interface Entrance {
  readonly trail: Trail;
  /** The desk's clerk: lets in whom it may, and has the worker do what they ask. */
  readonly gate: (worker: Worker) => Clerk;
}

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openEntrance(options: EntranceOptions): Promise<Entrance> {
  const { directory, journal, clock, identity, timeZone } = options;
  const operators = await openOperators(directory);
  const owner = await openOwnerProof(directory);
  const sessions = openSessions();
  const trail = createTrail({ journal, eventOf, breathe });
  const disclosing = createDisclosing({ journal, identity, timeZone, eventOf, breathe });

  /** A list that somebody took away, or that decayed, is nobody's secret: the journal knows that there was one. */
  const missLost = async (): Promise<void> => {
    if (operators.all().length > 0) return;
    const of = (act: string) => trail.find({ person: null, act, by: null, sinceUtcMs: null }, Number.POSITIVE_INFINITY);
    const newest = ({ lines }: Awaited<ReturnType<typeof of>>): string => lines.at(-1)?.time ?? "";
    if (!operators.wasDamaged && newest(await of("operator")) <= newest(await of("operator-end"))) return;
    const detail = operators.wasDamaged ? "the list of operators was damaged" : "the list of operators is gone";
    const data = { act: "operator-end", sub: null, by: "kiosk", detail } as const;
    await journal.append({ type: "audit", data }, clock.now());
  };

  return {
    trail,
    gate: (worker) => {
      const gate = createGate({
        ...options,
        ...{ device: identity.device, worker, operators, owner, sessions, trail, disclosing },
      });
      let looked: Promise<void> | null = null;
      return async (...asked) => {
        looked ??= missLost();
        await looked.catch((error: Fault) => {
          looked = null;
          options.note(error);
        });
        return gate(...asked);
      };
    },
  };
}
