import type { Journal, StoredRecord } from "../core/ports/journal.ts";
import type { GenesisData, Position } from "../core/record.ts";
import { eventOfOwn } from "./contract/envelope.ts";

/** What our own journal still knows about a record that it declared lost. */
export interface Loss {
  /** Its record hash, where a neighbour remembers it: the record after it, or the genesis that came after the epoch. */
  readonly rh: string | null;
}

/**
 * @returns "none" where no genesis of ours declares that place lost. One that was lost itself may have: beyond the end of
 * what is here of that epoch, nobody can say any more what it was.
 */
export function lossAt(position: Position, journal: Journal): Loss | "none" {
  const isBeyond = journal.read(position, 1)[0]?.epoch !== position.epoch;
  for (const record of genesesAfter(position.epoch, journal)) {
    const { prev, lost } = eventOfOwn(record.jws).data as GenesisData;
    if (isBeyond && prev.epoch !== null && prev.epoch > position.epoch && lost?.[0] === 0) return { rh: null };
    if (prev.epoch !== position.epoch || lost === undefined) continue;
    if (position.seq < lost[0] || position.seq > lost[1]) continue;
    const next = journal.at({ epoch: position.epoch, seq: position.seq + 1 });
    if (next !== undefined) return { rh: String(eventOfOwn(next.jws).prev) };
    return { rh: prev.seq === position.seq ? prev.rh : null };
  }
  return "none";
}

/** The genesis records of later epochs, oldest first: they speak of what is missing in this one. */
export function* genesesAfter(epoch: number, journal: Journal): Generator<StoredRecord> {
  for (let after = epoch; ; ) {
    const [first] = journal.read({ epoch: after, seq: Number.MAX_SAFE_INTEGER }, 1);
    if (first === undefined) return;
    if (first.seq === 0 && eventOfOwn(first.jws).type === "dev.lintel.genesis.v1") yield first;
    after = first.epoch;
  }
}
