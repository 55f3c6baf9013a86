import { setImmediate as breath } from "node:timers/promises";
import type { Journal } from "../../core/ports/journal.ts";
import type { CmdlogData, Position } from "../../core/record.ts";
import { eventOfOwn } from "../contract/envelope.ts";

/** What the journal tells of one order. */
export interface Told {
  readonly isAccepted: boolean;
  /** A result was written: it is over. */
  readonly isOver: boolean;
}

const pageRecords = 256;

/** Reads what was written about orders after a place, by id, oldest first. A long journal is read with pauses. */
export async function ordersToldOf(
  journal: Pick<Journal, "read">,
  after: Position,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Told>> {
  const told = new Map<string, Told>();
  let from = after;
  while (!signal.aborted) {
    const page = journal.read(from, pageRecords);
    for (const { type, jws } of page) {
      if (type !== "cmdlog") continue;
      const { cmd, state } = eventOfOwn(jws).data as CmdlogData;
      const before = told.get(cmd);
      told.set(cmd, {
        isAccepted: state === "accepted" || before?.isAccepted === true,
        isOver: state !== "accepted" || before?.isOver === true,
      });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageRecords) break;
    from = last;
    await breath();
  }
  return told;
}
