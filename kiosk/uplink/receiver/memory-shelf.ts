import { type Ending, endingsAbout } from "./ending.ts";
import type { Shelf } from "./ledger.ts";
import type { Kept } from "./life.ts";
import type { VerifiedRecord } from "./verify.ts";

/** Keeps records as long as the process lives: for tests and for trying a receiver out. Never receipt from it in earnest. */
export function openMemoryShelf(): Shelf {
  const epochs = new Map<string, Map<number, Keep>>();
  const endings = new Map<string, Ending[]>();
  const keepOf = (source: string, epoch: number): Keep => {
    const ofSource = epochs.get(source) ?? new Map<number, Keep>();
    epochs.set(source, ofSource);
    const keep = ofSource.get(epoch) ?? { records: new Map<number, Kept>(), forks: [] };
    ofSource.set(epoch, keep);
    return keep;
  };
  return {
    at: (source, epoch, seq) => epochs.get(source)?.get(epoch)?.records.get(seq),
    put: ({ source, event, rh, flaw }) => {
      keepOf(source, event.epoch).records.set(event.seq, { rh, prev: event.prev, flaw });
    },
    putFork: (record) => {
      keepOf(record.source, record.event.epoch).forks.push(record);
    },
    epoch: (source, epoch) => {
      const keep = epochs.get(source)?.get(epoch);
      return { seqs: keep?.records.keys() ?? [], forks: (keep?.forks ?? []).map(({ event }) => event.seq) };
    },
    putEnding: (source, ending) => {
      const before = endings.get(source) ?? [];
      // The newest says all that those before it said.
      const isOlder = (one: Ending) => one.by < ending.by || (one.by === ending.by && one.at < ending.at);
      const others = before.filter((one) => !(ending.isForgotten && one.isForgotten && isOlder(one)));
      const isNewest = !(ending.isForgotten && others.some((one) => one.isForgotten));
      endings.set(source, isNewest ? [...others, ending] : before);
    },
    endings: (source, epoch) => endingsAbout(endings.get(source) ?? [], epoch),
    epochs: (source) => [...(epochs.get(source)?.keys() ?? [])].sort((a, b) => a - b),
  };
}

interface Keep {
  readonly records: Map<number, Kept>;
  readonly forks: VerifiedRecord[];
}
